import { describe, expect, it } from 'vitest';
import type { Batch } from '../api/types';
import { sentPercent, Uploads, type Send } from './uploads';

const file = (name: string, size = 10) => new File(['x'.repeat(size)], name);
const OPTIONS = { shop: null, profile: null };

/** A sender whose answers are given by hand. */
function byHand() {
  const open = new Map<string, { done: (batch: Batch) => void; fail: (error: unknown) => void; sent: (bytes: number) => void; signal: AbortSignal }>();
  const send: Send = (sent, _options, onSent, signal) => new Promise((done, fail) => open.set(sent.name, { done, fail, sent: onSent, signal }));
  return { open, send };
}
const batch = (id: string) => ({ id }) as Batch;
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('uploads', () => {
  it('go two at a time, in order', async () => {
    const { open, send } = byHand();
    const uploads = new Uploads(send);
    const all = uploads.add([file('a'), file('b'), file('c')], OPTIONS);
    expect(uploads.all().map((one) => one.state)).toEqual(['sending', 'sending', 'waiting']);
    open.get('b')!.done(batch('2'));
    await settle();
    expect(uploads.all().map((one) => one.state)).toEqual(['sending', 'done', 'sending']);
    open.get('c')!.done(batch('3'));
    open.get('a')!.done(batch('1'));
    expect((await all).map((one) => one.id)).toEqual(['1', '2', '3']);
  });

  it('tell what has been sent', () => {
    const { open, send } = byHand();
    const uploads = new Uploads(send);
    void uploads.add([file('a', 8)], OPTIONS);
    open.get('a')!.sent(2);
    expect(sentPercent(uploads.all()[0]!)).toBe(25);
    expect(sentPercent({ sent: 0, file: file('empty', 0) })).toBe(100);
  });

  it('that fail stay, can be tried again, and do not hold up the others', async () => {
    const { open, send } = byHand();
    const uploads = new Uploads(send);
    const all = uploads.add([file('a'), file('b')], OPTIONS);
    const why = new Error('no');
    open.get('a')!.fail(why);
    open.get('b')!.done(batch('2'));
    expect((await all).map((one) => one.id)).toEqual(['2']);
    expect(uploads.all()[0]).toMatchObject({ state: 'failed', error: why });
    uploads.retry(uploads.all()[0]!.id);
    open.get('a')!.done(batch('1'));
    await settle();
    expect(uploads.all()[0]).toMatchObject({ state: 'done', error: null });
    uploads.clearDone();
    expect(uploads.all()).toEqual([]);
  });

  it('that are stopped are aborted, forgotten, and make room', async () => {
    const { open, send } = byHand();
    const uploads = new Uploads(send);
    const all = uploads.add([file('a'), file('b'), file('c')], OPTIONS);
    uploads.remove(uploads.all()[0]!.id);
    expect(open.get('a')!.signal.aborted).toBe(true);
    open.get('a')!.fail(new Error('aborted'));
    await settle();
    expect(uploads.all().map((one) => [one.file.name, one.state])).toEqual([['b', 'sending'], ['c', 'sending']]);
    open.get('b')!.done(batch('2'));
    open.get('c')!.done(batch('3'));
    expect((await all).map((one) => one.id)).toEqual(['2', '3']);
  });

  it('tell their listeners of every change until they stop listening', () => {
    const uploads = new Uploads(byHand().send);
    let heard = 0;
    const stop = uploads.subscribe(() => { heard += 1; });
    void uploads.add([file('a')], OPTIONS);
    const before = heard;
    expect(before).toBeGreaterThan(0);
    stop();
    uploads.remove(uploads.all()[0]!.id);
    expect(heard).toBe(before);
  });
});
