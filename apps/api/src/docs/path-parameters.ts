import type { PathParameter } from '#libs/platform/http';

/** Parts of a path that mean the same in every route; a route that means something else says so itself. */
export const COMMON_PATH_PARAMETERS: Record<string, PathParameter> = {
  room_id: { description: 'Key of the room such as `service_789`, or its plain id', example: 'service_789' },
  message_id: {
    description: 'Id of the message, as in `id` of a message',
    example: 'msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  },
  file_id: {
    description: 'Id of the file, as in `file_id` of an upload',
    example: 'file_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f',
  },
  user_id: { description: "The person's id on the host platform", example: '456' },
};
