import { describe, expect, it } from 'vitest';
import { redone, started, stepped, undone } from './history';

describe('history', () => {
  const two = stepped(stepped(started('a'), 'b', 1000), 'c', 2000);
  it('goes back and forth', () => {
    expect(undone(two).present).toBe('b');
    expect(undone(undone(undone(two))).present).toBe('a');
    expect(redone(undone(two)).present).toBe('c');
    expect(redone(two)).toBe(two);
  });
  it('forgets the future after a new step', () => expect(redone(stepped(undone(two), 'x', 3000)).present).toBe('x'));
  it('takes typing in one field as one step', () => {
    const typed = stepped(stepped(stepped(started(''), '1', 1000, 'value:n1'), '12', 1300, 'value:n1'), '123', 1600, 'value:n1');
    expect(undone(typed).present).toBe('');
    const later = stepped(typed, '1234', 9000, 'value:n1');
    expect(undone(later).present).toBe('123');
    expect(undone(stepped(typed, 'x', 1700, 'value:n2')).present).toBe('123');
  });
  it('is no step when nothing changed', () => expect(stepped(two, 'c', 5000)).toBe(two));
});
