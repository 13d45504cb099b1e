import { InitialSchema1795157873280 } from './1795157873280-initial-schema.js';
import { IndexesAndSeeds1795157873281 } from './1795157873281-indexes-and-seeds.js';
import { RolesAndMessageFeatures1795158475090 } from './1795158475090-roles-and-message-features.js';
import { SearchIndex1795158475091 } from './1795158475091-search-index.js';
import { AddAttachments1795159814950 } from './1795159814950-add-attachments.js';
import { AttachmentsWithoutRoomKey1795190000000 } from './1795190000000-attachments-without-room-key.js';
import { MessageChanges1795192541112 } from './1795192541112-message-changes.js';
import { SearchWords1795192803000 } from './1795192803000-search-words.js';
import { DropSearchConfiguration1795192803001 } from './1795192803001-drop-search-configuration.js';
import { ForwardedMessages1795193200000 } from './1795193200000-forwarded-messages.js';
import { ChangeNumbers1795960000000 } from './1795960000000-change-numbers.js';
import { ClaimKeys1795960000001 } from './1795960000001-claim-keys.js';
import { RanksOfBans1795970000000 } from './1795970000000-ranks-of-bans.js';
import { FormerSearch1795980000000 } from './1795980000000-former-search.js';

export const migrations = [
  InitialSchema1795157873280,
  IndexesAndSeeds1795157873281,
  RolesAndMessageFeatures1795158475090,
  SearchIndex1795158475091,
  AddAttachments1795159814950,
  AttachmentsWithoutRoomKey1795190000000,
  MessageChanges1795192541112,
  SearchWords1795192803000,
  DropSearchConfiguration1795192803001,
  ForwardedMessages1795193200000,
  ChangeNumbers1795960000000,
  ClaimKeys1795960000001,
  RanksOfBans1795970000000,
  FormerSearch1795980000000,
];
