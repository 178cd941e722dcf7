import type { components, paths } from './schema';

/** The names that screens use for the server's schemas, all in one place. */
type Schemas = components['schemas'];

export type Me = Schemas['Me'];
export type MemberQuery = NonNullable<paths['/api/v1/members']['get']['parameters']['query']>;
export type Shop = Schemas['Shop'];
export type Guide = Schemas['Guide'];
export type Brand = Schemas['Brand'];
export type User = Schemas['User'];
export type Role = Schemas['Role'];
export type ApiKey = Schemas['Key'];
export type AuditEntry = Schemas['AuditEntry'];
export type Job = Schemas['Job'];
export type Overview = Schemas['Overview'];
export type Figure = Schemas['Figure'];
export type TrendPoint = Schemas['TrendDay'];
export type RecentItem = Schemas['RecentChange'];
export type MemberRow = Schemas['MemberRow'];
export type MemberDetail = Schemas['MemberDetail'];
export type Account = Schemas['Account'];
export type TimelineItem = Schemas['TimelineItem'];
export type Trade = Schemas['Trade'];
export type Parcel = Schemas['Parcel'];
export type Review = Schemas['Review'];
export type Suggestion = Schemas['Suggestion'];
export type Decision = Schemas['Decision'];
export type Batch = Schemas['BatchOut'];
export type BatchDetail = Schemas['BatchDetail'];
export type Profile = Schemas['ProfileOut'];
export type FieldInfo = Schemas['FieldOut'];
export type SavedMapping = Schemas['MappingOut'];
export type Preview = Schemas['PreviewOut'];
