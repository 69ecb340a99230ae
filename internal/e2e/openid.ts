import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface OpenIDProvider {
  issuer: string;
  stop(): Promise<void>;
}

/** A real OpenID provider on this machine, for one bridge, whose forms take every name: one is there who one says. */
export async function startProvider(bridge: string): Promise<OpenIDProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'diemcau', client_secret: 'secret-of-the-test', redirect_uris: [`${bridge}/api/session/openid/callback`], post_logout_redirect_uris: [`${bridge}/dang-nhap`], backchannel_logout_uri: `${bridge}/api/session/openid/logout` }],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id, name: `Người ${id}` }) }),
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
    // Its own refuses addresses of this machine, where the bridge of the test is.
    fetch: async (url, options) => {
      const { dispatcher: _, ...rest } = options as RequestInit & { dispatcher?: unknown };
      return fetch(url, rest);
    },
    cookies: { keys: ['for tests only'] },
  });
  server.on('request', provider.callback());
  return {
    issuer,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
