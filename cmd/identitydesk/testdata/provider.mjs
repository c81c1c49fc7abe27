// A certified OpenID Connect provider for the browser test of single sign-on. Its keys are new with each start. Any password will do.
//
// node provider.mjs LIBRARY PORT DESK: the path of oidc-provider, the port on loopback, the desk's origin.

import { generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const [library, port, desk] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(library));

const people = {
  dana: { name: 'Dana Kim', groups: ['desk-analysts', 'canteen'] },
  vic: { name: 'Vic Stranger', groups: ['canteen'] },
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'desk',
    client_secret: 's3cret-of-the-desk',
    redirect_uris: [`${desk}/login/oidc/callback`],
    post_logout_redirect_uris: [`${desk}/login`],
    backchannel_logout_uri: `${desk}/login/oidc/backchannel`,
    backchannel_logout_session_required: true,
  }],
  jwks: { keys: [{ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['of a test'] },
  claims: { openid: ['sub'], profile: ['name'], groups: ['groups'] },
  conformIdTokenClaims: false, // what the scopes ask for stands in the ID token
  fetch: (url, { dispatcher: _, ...options }) => fetch(url, options), // the library's own way calls nobody on loopback
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
});

for (const event of ['server_error', 'backchannel.error', 'authorization.error', 'grant.error', 'end_session.error']) {
  provider.on(event, (...all) => console.error(event, ...all.map((one) => one?.error_description ?? one?.message ?? '')));
}

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
