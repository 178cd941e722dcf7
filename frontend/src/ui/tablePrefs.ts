/** A person's own columns and saved views of a list; kept in this browser. */

export interface SavedView {
  name: string;
  /** Filters and sort as they stand in the address bar. */
  search: string;
  columns: string[];
}

function read<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the choice holds until the page is left.
  }
}

export function readColumns(table: string): string[] | null {
  return read<string[] | null>(`ht.columns.${table}`, null);
}

export function writeColumns(table: string, keys: string[] | null): void {
  write(`ht.columns.${table}`, keys);
}

export function readViews(table: string): SavedView[] {
  return read<SavedView[]>(`ht.views.${table}`, []);
}

export function writeViews(table: string, views: SavedView[]): void {
  write(`ht.views.${table}`, views);
}

/** The views with one added; a view of the same name is replaced. */
export function withView(views: SavedView[], view: SavedView): SavedView[] {
  return [...views.filter((other) => other.name !== view.name), view];
}

/** What of the address makes a view: everything but the page. */
export function viewSearch(params: URLSearchParams): string {
  const kept = new URLSearchParams(params);
  kept.delete('page');
  return kept.toString();
}

/** The chosen columns in the table's own order; what no longer exists is dropped; never none at all. */
export function visibleColumns<T extends { key: string; always?: boolean; hidden?: boolean }>(columns: T[], chosen: string[] | null): T[] {
  if (chosen === null) return columns.filter((column) => !column.hidden);
  return columns.filter((column) => column.always || chosen.includes(column.key));
}
