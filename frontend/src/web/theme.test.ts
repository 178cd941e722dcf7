import { describe, expect, it } from 'vitest';
import { palettes, type Mode, type Palette } from './theme';

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function hue(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
  return ((Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue) * 180) / Math.PI + 360) % 360;
}

type Tone = Exclude<keyof Palette, 'series'>;
const GROUNDS: Tone[] = ['ground', 'paper', 'raised', 'wash'];
const TEXTS: Tone[] = ['ink', 'ink2', 'ink3'];
const PAIRS: [Tone, Tone][] = [
  ...TEXTS.flatMap((text) => GROUNDS.map((ground): [Tone, Tone] => [text, ground])),
  ...(['accent', 'danger', 'good', 'warn', 'info'] as Tone[]).map((text): [Tone, Tone] => [text, 'paper']),
  ['accent', 'accentWash'],
  ['onAccent', 'accent'],
  ['onAccent', 'accentHover'],
  ['danger', 'dangerWash'],
  ['good', 'goodWash'],
  ['warn', 'warnWash'],
  ['info', 'infoWash'],
];

describe.each(['light', 'dark'] as Mode[])('the %s palette', (mode) => {
  const colours = palettes[mode];
  it.each(PAIRS)('%s can be read on %s', (text, ground) => expect(contrast(colours[text], colours[ground])).toBeGreaterThanOrEqual(4.5));
  it('keeps danger clearly apart from the accent', () => {
    const apart = Math.abs(hue(colours.accent) - hue(colours.danger));
    expect(Math.min(apart, 360 - apart)).toBeGreaterThanOrEqual(25);
  });
});
