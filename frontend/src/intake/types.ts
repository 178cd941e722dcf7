import type { Batch, BatchDetail } from '../api/types';

export type BatchState = Batch['state'];

/** What one row of a file is. */
export type Grain = 'trade' | 'line' | 'refund' | 'profile' | 'item' | 'review' | 'visit' | 'parcel' | 'trace';
export const GRAINS: readonly Grain[] = ['trade', 'line', 'profile', 'item', 'review', 'refund', 'visit', 'parcel', 'trace'];

/** Record sets whose fields a file of each grain can fill, as `/intake/fields?target=` names them. */
export const TARGETS: Record<Grain, readonly string[]> = {
  trade: ['trades', 'lines'],
  line: ['trades', 'lines'],
  refund: ['refunds'],
  profile: ['profiles'],
  item: ['items'],
  review: ['reviews'],
  visit: ['visits'],
  parcel: ['parcels'],
  trace: ['parcel_events'],
};

/** A column of a mapping: one field and exactly one source of its values. */
export interface MappingColumn {
  field: string;
  header?: string | null;
  index?: number | null;
  constant?: string | null;
  converter?: string | null;
  format?: string | null;
}

export interface MappingOptions {
  trade_id_from?: string[] | null;
  negative_qty?: 'reject' | 'return';
  day_first?: boolean | null;
  zone?: string | null;
  currency?: string | null;
  default_status?: string | null;
  rest_as_attributes?: boolean;
}

/** A mapping as it is saved, sent and downloaded. */
export interface MappingJson {
  version: 1;
  name: string;
  platform: string;
  grain: Grain;
  header_row: number | null;
  delimiter?: string | null;
  no_header?: boolean;
  columns: MappingColumn[];
  value_maps: Record<string, Record<string, string>>;
  options: MappingOptions;
}

/** A table of the file: its header and first rows, personal cells masked. */
export type FileTable = BatchDetail['tables'][number];
