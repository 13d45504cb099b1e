import { RawText } from '#libs/platform/validation';

export class FileIdDto {
  @RawText({ max: 200, example: 'file_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f' })
  file_id!: string;
}
