import { get, send } from './call';
import { Problem } from './problem';
import type { Session } from './session';

/** A key on a device of mine, which signs instead of a password. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly created: string;
  readonly used?: string;
}

type Json = Record<string, unknown>;

/** Whether this browser has passkeys at all: only pages by HTTPS, or of this machine, have them. */
export const passkeysHere = (): boolean => typeof window.PublicKeyCredential === 'function';

// PublicKeyCredential.parseRequestOptionsFromJSON and toJSON do the same in browsers of 2024 and later; rooms have older ones.
function bytes(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

function encoded(buffer: ArrayBuffer | null): string | undefined {
  if (buffer === null) return undefined;
  return btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

const listed = (list: unknown): PublicKeyCredentialDescriptor[] => ((list ?? []) as PublicKeyCredentialDescriptor[]).map((each) => ({ ...each, id: bytes(each.id as unknown as string) }));

/** The person did not, or the device could not: no fault of the bridge. */
async function asked<T extends Credential>(ask: Promise<Credential | null>): Promise<T> {
  try {
    const given = await ask;
    if (given !== null) return given as T;
  } catch {
    // Refused, waited for too long, or a device that is known already.
  }
  throw new Problem('passkey_refused');
}

/** Signs in, gives the second factor, or proves again: what the bridge makes of it depends on who is signed in. */
export async function signByPasskey(): Promise<Session> {
  const { options } = await send<{ options: Json }>('POST', '/api/session/passkey');
  const publicKey = { ...options, challenge: bytes(options['challenge'] as string), allowCredentials: listed(options['allowCredentials']) } as PublicKeyCredentialRequestOptions;
  const given = await asked<PublicKeyCredential>(navigator.credentials.get({ publicKey }));
  const answer = given.response as AuthenticatorAssertionResponse;
  const credential = {
    id: given.id,
    rawId: encoded(given.rawId),
    type: given.type,
    clientExtensionResults: given.getClientExtensionResults(),
    response: { clientDataJSON: encoded(answer.clientDataJSON), authenticatorData: encoded(answer.authenticatorData), signature: encoded(answer.signature), userHandle: encoded(answer.userHandle) },
  };
  return send('POST', '/api/session/passkey/finish', { credential });
}

/** Makes a passkey of this device; recovery codes when it is the first factor of the account. */
export async function addPasskey(name: string): Promise<readonly string[]> {
  const { options } = await send<{ options: Json }>('POST', '/api/session/passkeys');
  const user = options['user'] as PublicKeyCredentialUserEntity;
  const publicKey = {
    ...options,
    challenge: bytes(options['challenge'] as string),
    user: { ...user, id: bytes(user.id as unknown as string) },
    excludeCredentials: listed(options['excludeCredentials']),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = await asked<PublicKeyCredential>(navigator.credentials.create({ publicKey }));
  const answer = made.response as AuthenticatorAttestationResponse;
  const credential = {
    id: made.id,
    rawId: encoded(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
    response: { clientDataJSON: encoded(answer.clientDataJSON), attestationObject: encoded(answer.attestationObject) },
  };
  return (await send<{ codes: string[] }>('POST', '/api/session/passkeys/finish', { name, credential })).codes;
}

export const fetchPasskeys = async (): Promise<readonly Passkey[]> => (await get<{ items: Passkey[] }>('/api/session/passkeys')).items;
export const removePasskey = async (id: string): Promise<unknown> => send('DELETE', `/api/session/passkeys/${encodeURIComponent(id)}`);
