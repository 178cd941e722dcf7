import { useEffect, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';

export interface Drop {
  parent: string;
  index: number;
}

interface Dragging {
  id: string;
  x: number;
  y: number;
  drop: Drop | null;
}

/** Begin only after the pointer has really moved, so that a click stays a click. */
const SLACK = 5;
const EDGE = 56;

/** The place under the pointer: the innermost group, before the first child whose middle lies below. */
function dropAt(box: HTMLElement, x: number, y: number, dragged: string): Drop | null {
  const under = document.elementFromPoint(x, y);
  const group = under instanceof Element && box.contains(under) ? under.closest<HTMLElement>('[data-group]') : null;
  if (!group?.dataset.group || group.closest(`[data-twig="${dragged}"]`)) return null;
  const list = group.querySelector(':scope > [data-children]');
  const children = [...(list?.children ?? [])].filter((child): child is HTMLElement => child instanceof HTMLElement && child.dataset.twig !== undefined);
  const index = children.findIndex((child) => {
    const { top, height } = child.getBoundingClientRect();
    return y < top + height / 2;
  });
  return { parent: group.dataset.group, index: index < 0 ? children.length : index };
}

/** Drag and drop by pointer events: mouse, pen and finger alike. Escape lets go. */
export function useDrag(box: RefObject<HTMLElement | null>, onDrop: (id: string, drop: Drop) => void) {
  const [origin, setOrigin] = useState<{ id: string; x: number; y: number } | null>(null);
  const [dragging, setDragging] = useState<Dragging | null>(null);

  const start = (event: ReactPointerEvent, id: string) => {
    if (event.button !== 0) return;
    setOrigin({ id, x: event.clientX, y: event.clientY });
  };

  useEffect(() => {
    if (!origin) return undefined;
    let now: Dragging | null = null;
    let scroll = 0;
    const stop = () => {
      cancelAnimationFrame(scroll);
      setOrigin(null);
      setDragging(null);
      document.body.classList.remove('ht-sg-dragging');
    };
    const place = (x: number, y: number) => {
      now = { id: origin.id, x, y, drop: box.current ? dropAt(box.current, x, y, origin.id) : null };
      setDragging(now);
    };
    const glide = () => {
      if (now) {
        const over = now.y < EDGE ? now.y - EDGE : now.y > window.innerHeight - EDGE ? now.y - (window.innerHeight - EDGE) : 0;
        if (over !== 0) {
          window.scrollBy(0, over / 4);
          place(now.x, now.y);
        }
      }
      scroll = requestAnimationFrame(glide);
    };
    const move = (event: PointerEvent) => {
      if (!now && Math.hypot(event.clientX - origin.x, event.clientY - origin.y) < SLACK) return;
      if (!now) {
        document.body.classList.add('ht-sg-dragging');
        scroll = requestAnimationFrame(glide);
      }
      event.preventDefault();
      place(event.clientX, event.clientY);
    };
    const end = () => {
      if (now?.drop) onDrop(now.id, now.drop);
      stop();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      stop();
    };
    window.addEventListener('pointermove', move, { passive: false });
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', stop);
    window.addEventListener('keydown', key, true);
    return () => {
      cancelAnimationFrame(scroll);
      document.body.classList.remove('ht-sg-dragging');
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', stop);
      window.removeEventListener('keydown', key, true);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- one drag keeps the handlers it began with
  }, [origin]);

  return { start, dragging };
}
