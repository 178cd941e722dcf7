/** Files on their way to the server. They go on while the person looks at other screens. */

import { ApiError, requestHeaders, toApiError } from '../api/client';
import type { Batch } from '../api/types';

export interface UploadOptions {
  shop: number | null;
  profile: string | null;
}

export interface Upload {
  id: number;
  file: File;
  options: UploadOptions;
  state: 'waiting' | 'sending' | 'done' | 'failed';
  sent: number;
  error: unknown;
  batch: Batch | null;
}

export type Send = (file: File, options: UploadOptions, onSent: (bytes: number) => void, signal: AbortSignal) => Promise<Batch>;

/** How many go at once: more would only share the same line. */
const AT_ONCE = 2;

/** The queue. Listeners hear of every change; `all` is a new array each time. */
export class Uploads {
  private list: Upload[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly running = new Map<number, AbortController>();
  private lastId = 0;
  private readonly send: Send;

  constructor(send: Send) {
    this.send = send;
  }

  readonly all = (): Upload[] => this.list;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Queue files; resolves with their batches when all have ended (failed ones left out). */
  async add(files: readonly File[], options: UploadOptions): Promise<Batch[]> {
    const made = files.map((file): Upload => {
      this.lastId += 1;
      return { id: this.lastId, file, options, state: 'waiting', sent: 0, error: null, batch: null };
    });
    this.set([...this.list, ...made]);
    const ids = new Set(made.map((item) => item.id));
    return new Promise((resolve) => {
      const check = () => {
        const mine = this.list.filter((item) => ids.has(item.id));
        if (mine.some((item) => item.state === 'waiting' || item.state === 'sending')) return;
        stop();
        resolve(mine.flatMap((item) => (item.batch ? [item.batch] : [])));
      };
      const stop = this.subscribe(check);
      this.pump();
    });
  }

  retry(id: number): void {
    this.change(id, { state: 'waiting', sent: 0, error: null });
    this.pump();
  }

  /** Stop an upload, or take an ended one off the list. */
  remove(id: number): void {
    this.running.get(id)?.abort();
    this.running.delete(id);
    this.set(this.list.filter((item) => item.id !== id));
    this.pump();
  }

  clearDone(): void {
    this.set(this.list.filter((item) => item.state !== 'done'));
  }

  private pump(): void {
    while (this.running.size < AT_ONCE) {
      const next = this.list.find((item) => item.state === 'waiting');
      if (!next) return;
      void this.run(next);
    }
  }

  private async run(item: Upload): Promise<void> {
    const stop = new AbortController();
    this.running.set(item.id, stop);
    this.change(item.id, { state: 'sending' });
    try {
      const batch = await this.send(item.file, item.options, (sent) => this.change(item.id, { sent }), stop.signal);
      this.change(item.id, { state: 'done', sent: item.file.size, batch });
    } catch (error) {
      if (!stop.signal.aborted) this.change(item.id, { state: 'failed', error });
    } finally {
      if (this.running.get(item.id) === stop) this.running.delete(item.id);
      this.pump();
    }
  }

  private change(id: number, patch: Partial<Upload>): void {
    this.set(this.list.map((item) => (item.id === id ? { ...item, ...patch } : item)));
  }

  private set(list: Upload[]): void {
    this.list = list;
    for (const listener of [...this.listeners]) listener();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Send one file. XMLHttpRequest, because fetch tells nothing of what has been sent. */
export const sendFile: Send = async (file, options, onSent, signal) => {
  const headers = await requestHeaders();
  const body = new FormData();
  // Fields first: the server reads the parts in order.
  if (options.shop !== null) body.append('shop', String(options.shop));
  if (options.profile) body.append('profile', options.profile);
  body.append('file', file, file.name);
  return new Promise<Batch>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/v1/intake/files');
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onSent(Math.min(event.loaded, file.size));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300 && answer) resolve(answer as Batch);
      else reject(toApiError(request.status, answer));
    };
    request.onerror = () => reject(new ApiError(0, { code: 'offline' }));
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    request.send(body);
  });
};

export const uploads = new Uploads(sendFile);

/** The share of all bytes that has been sent, 0–100. */
export function sentPercent(upload: Pick<Upload, 'sent' | 'file'>): number {
  return upload.file.size ? Math.floor((100 * upload.sent) / upload.file.size) : 100;
}
