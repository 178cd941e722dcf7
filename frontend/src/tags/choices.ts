import type { Tag, TagGroup } from './api';

export interface Choice {
  value: string;
  label: string;
  title: string;
}

/** Tags for a pick-list, by group; groups without a tag are left out. */
export function tagChoices(groups: readonly TagGroup[], keep: (tag: Tag) => boolean = () => true): { label: string; title: string; options: Choice[] }[] {
  return groups
    .map((group) => ({
      label: group.label,
      title: group.label,
      options: group.tags.filter((tag) => !tag.archived && keep(tag)).map((tag) => ({ value: tag.id, label: tag.label, title: `${group.label} ${tag.label}` })),
    }))
    .filter((group) => group.options.length > 0);
}

/** Whether a typed word fits a choice: its own name or its group's. */
export function fits(word: string, choice: { title?: unknown } | undefined): boolean {
  const title = typeof choice?.title === 'string' ? choice.title.toLowerCase() : '';
  return word.toLowerCase().split(/\s+/).every((part) => title.includes(part));
}

/** The rule that finds who has a tag. */
export function hasTag(tag: string): { version: 1; rule: { kind: 'tag'; operator: 'any_of'; tags: string[] } } {
  return { version: 1, rule: { kind: 'tag', operator: 'any_of', tags: [tag] } };
}

export function findTag(groups: readonly TagGroup[] | undefined, id: string | null): { group: TagGroup; tag: Tag } | null {
  for (const group of groups ?? []) {
    const tag = group.tags.find((one) => one.id === id);
    if (tag) return { group, tag };
  }
  return null;
}
