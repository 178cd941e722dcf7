import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './schema';

/** What every failing route answers; `remedy` says what the reader can do about it. */
export interface ErrorBody {
  code: string;
  message: string;
  remedy: string;
  where: Record<string, unknown>;
}

/** A request that did not succeed. `status` is 0 when no answer came at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  readonly where: Record<string, unknown>;

  constructor(status: number, body: Partial<ErrorBody>) {
    super(body.message ?? '');
    this.status = status;
    this.code = body.code ?? 'unknown';
    this.remedy = body.remedy ?? '';
    this.where = body.where ?? {};
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
let language = 'zh';
let csrf: Promise<string> | null = null;

/** The language of messages that the server writes. */
export function setApiLanguage(next: string): void {
  language = next;
}

/** Forget the token: the server makes a new one at login and logout. */
export function forgetCsrf(): void {
  csrf = null;
}

/** The token that unsafe requests carry, asked for once per session. */
export function csrfToken(): Promise<string> {
  csrf ??= fetch('/api/v1/auth/csrf', { credentials: 'same-origin' })
    .then((answer) => answer.json() as Promise<{ token: string }>)
    .then((body) => body.token)
    .catch((error: unknown) => {
      csrf = null;
      throw error;
    });
  return csrf;
}

/** Headers of every request that does not go through the typed client (uploads). */
export async function requestHeaders(): Promise<Record<string, string>> {
  return { 'X-CSRFToken': await csrfToken(), 'Accept-Language': language };
}

const headers: Middleware = {
  async onRequest({ request }) {
    request.headers.set('Accept-Language', language);
    if (!SAFE.has(request.method)) request.headers.set('X-CSRFToken', await csrfToken());
    return request;
  },
};

export const client = createClient<paths>({ baseUrl: '', credentials: 'same-origin' });
client.use(headers);

/** Listeners told when a request was refused because nobody is logged in. */
const onUnauthenticated = new Set<() => void>();
export function whenUnauthenticated(listener: () => void): () => void {
  onUnauthenticated.add(listener);
  return () => onUnauthenticated.delete(listener);
}

/** An `ApiError` of what a failing route answered; also tells the session when it has ended. */
export function toApiError(status: number, body: unknown): ApiError {
  if (status === 401) onUnauthenticated.forEach((listener) => listener());
  return new ApiError(status, typeof body === 'object' && body !== null ? (body) : {});
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a successful answer. Throws `ApiError` otherwise, also when no answer came. */
export async function call<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, { code: 'offline' });
  }
  if (!answer.response.ok) throw toApiError(answer.response.status, answer.error);
  return answer.data as T;
}
