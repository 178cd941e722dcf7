import { describe, expect, it } from 'vitest';
import { intake as en } from '../i18n/en/intake';
import { intake as zh } from '../i18n/zh/intake';
import { GENDERS, RATINGS, REFUND_STATES, TRADE_STATUSES, VISIT_KINDS } from './fields';
import { GRAINS } from './types';

/** Every text by its path; plural endings of a language do not count. */
function texts(tree: object, path = ''): [path: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => {
    const here = `${path}.${key.replace(/_(one|other)$/, '')}`;
    return typeof value === 'string' ? [[here, value] as [string, string]] : texts(value as object, here);
  });
}
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe('words of intake', () => {
  it('are there in both languages', () => {
    expect([...new Set(texts(en).map(([path]) => path))].sort()).toEqual([...new Set(texts(zh).map(([path]) => path))].sort());
  });
  it('say the same figures in both languages', () => {
    const chinese = new Map(texts(zh));
    for (const [path, text] of texts(en)) expect([path, holes(text)]).toEqual([path, holes(chinese.get(path)!)]);
  });
  it('cover every grain and every word of ours', () => {
    for (const language of [zh, en]) {
      expect(Object.keys(language.grain).sort()).toEqual([...GRAINS].sort());
      expect(Object.keys(language.word.status)).toEqual([...TRADE_STATUSES]);
      expect(Object.keys(language.word.refund)).toEqual([...REFUND_STATES]);
      expect(Object.keys(language.word.rating)).toEqual([...RATINGS]);
      expect(Object.keys(language.word.visit)).toEqual([...VISIT_KINDS]);
      expect(Object.keys(language.word.gender)).toEqual([...GENDERS]);
    }
  });
});
