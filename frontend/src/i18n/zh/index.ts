import { accounts } from './accounts';
import { intake } from './intake';
import { members } from './members';
import { segments } from './segments';
import { settings } from './settings';
import { tags } from './tags';
import { ui } from './ui';
import { warehouse } from './warehouse';
import { web } from './web';

export const zh = { accounts, intake, members, segments, settings, tags, ui, warehouse, web } as const;
