import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { zh } from './zh';

type Tree = { readonly [key: string]: string | Tree };

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (typeof value === 'string') found.set(path, value);
    else for (const [inner, words] of flat(value, path)) found.set(inner, words);
  }
  return found;
}

/** `key_one` and `key_other` are one key. */
const base = (key: string) => key.replace(/_(one|other)$/, '');
const words = { zh: flat(zh), en: flat(en) };
const keys = { zh: new Set([...words.zh.keys()].map(base)), en: new Set([...words.en.keys()].map(base)) };

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'i18n' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.|\.d\.ts$/.test(entry.name) ? [readFileSync(path, 'utf-8')] : [];
  });
}

const code = sources(join(import.meta.dirname, '..')).join('\n');
/** Every quoted (the compiler checks that each exists) dotted path, and the fixed beginnings of paths that are put together. */
const parts = Object.keys(zh).join('|');
const named = new Set([...code.matchAll(new RegExp(`['"\`]((?:${parts})(?:\\.\\w+)+)['"\`]`, 'g'))].map((match) => match[1]!));
const patterns = [...code.matchAll(new RegExp(`\`((?:${parts})\\.[^\`]*\\$\\{[^\`]*)\``, 'g'))].map(
  (match) => new RegExp(`^${match[1]!.replaceAll(/[.]/g, '\\.').replaceAll(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, '\\w*')}$`),
);

describe('words', () => {
  it('are there in both languages', () => {
    expect([...keys.zh].filter((key) => !keys.en.has(key))).toEqual([]);
    expect([...keys.en].filter((key) => !keys.zh.has(key))).toEqual([]);
  });
  it('take the same values in both languages', () => {
    const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).filter((name) => name !== 'count').sort();
    const differing = [...keys.zh].filter((key) => {
      const one = words.zh.get(key) ?? words.zh.get(`${key}_other`);
      const other = words.en.get(key) ?? words.en.get(`${key}_other`);
      return one === undefined || other === undefined || new Set(holes(one)).size !== new Set([...holes(one), ...holes(other)]).size || new Set(holes(other)).size !== new Set(holes(one)).size;
    });
    expect(differing).toEqual([]);
  });
  it('are all used', () => {
    expect([...keys.zh].filter((key) => !named.has(key) && !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
  });
  it('are never empty', () => {
    expect([...words.zh, ...words.en].filter(([, text]) => text.trim() === '')).toEqual([]);
  });
});
