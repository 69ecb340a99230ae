import { describe, expect, it } from 'vitest';
import { bridgeURL } from './bridge';
import { codeOf, problemOf } from './problem';

function answer(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers });
}

describe('error answers', () => {
  it('carry their stable code', async () => {
    const problem = await problemOf(answer(401, '{"status":401,"code":"wrong_credentials"}'));
    expect(problem).toMatchObject({ code: 'wrong_credentials', status: 401, retryAfter: null });
  });

  it('say how long to wait', async () => {
    const problem = await problemOf(answer(429, '{"code":"too_many_attempts"}', { 'Retry-After': '42' }));
    expect(problem).toMatchObject({ code: 'too_many_attempts', retryAfter: 42 });
  });

  it('never show raw text: unknown codes and pages of proxies have words of their own', async () => {
    expect(await problemOf(answer(400, '{"code":"from_the_future"}'))).toMatchObject({ code: 'unknown' });
    expect(await problemOf(answer(502, '<html>Bad gateway</html>'))).toMatchObject({ code: 'unreachable' });
    for (const odd of [null, 7, 'unknown_room', [], { code: 3 }, { code: '__proto__' }]) expect(codeOf(odd)).toBe('unknown');
  });
});

describe("the bridge's address", () => {
  it('is where the page came from unless told otherwise', () => {
    expect(bridgeURL('', 'https://hop.example')).toBe('wss://hop.example');
    expect(bridgeURL('', 'http://127.0.0.1:7880')).toBe('ws://127.0.0.1:7880');
    expect(bridgeURL('wss://other.example', 'https://hop.example')).toBe('wss://other.example');
  });
});
