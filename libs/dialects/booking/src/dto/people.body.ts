import { ApiText, Schema } from '#libs/platform/schemas';

@Schema('BookingShortProfile', {
  description: 'What is shown of the name of who put a reaction',
  example: { first_name: 'Sarah' },
})
export class ShortProfileBody {
  @ApiText() first_name!: string;
}

@Schema('BookingSenderProfile', {
  description: 'The name and picture of who sent a message',
  example: { first_name: 'Samia', last_name: 'Reader', avatar_url: 'https://cdn.example.com/samia.jpg' },
})
export class ProfileBody {
  @ApiText() first_name!: string;
  @ApiText({ nullable: true }) last_name!: string | null;
  @ApiText({ nullable: true }) avatar_url!: string | null;
}

export const profileExample: ParticipantProfileBody = {
  id: 'user1',
  first_name: 'Sarah',
  last_name: 'Johnson',
  avatar_url: 'https://cdn.example.com/sarah.jpg',
  role: 'client',
};

@Schema('BookingProfile', { description: 'A participant of a chat session', example: profileExample })
export class ParticipantProfileBody extends ProfileBody {
  @ApiText() id!: string;
  @ApiText({ description: 'As the host platform calls it' }) role!: string;
}

@Schema('BookingSender', {
  description: 'Who sent a message',
  example: { id: 'reader1-id', name: 'Samia Reader', avatar: 'https://cdn.example.com/samia.jpg' },
})
export class SenderBody {
  @ApiText({ nullable: true, description: 'Null for messages of the platform itself' }) id!: string | null;
  @ApiText() name!: string;
  @ApiText({ nullable: true }) avatar!: string | null;
}
