// A certified identity provider (npm's oidc-provider) for the tests, started by signontest.go with a JSON setup in SETUP.
// What may change here: what the provider is told. It signs in whoever types a name that is among its accounts.
import http from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.env.MODULES + '/');
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')).href);

const setup = JSON.parse(process.env.SETUP);
let accounts = setup.accounts;
let ahead = 0; // seconds by which this provider's clock is wrong
const now = Date.now;
Date.now = () => now() + ahead * 1000;

const provider = new Provider(setup.issuer, {
  clients: setup.clients,
  jwks: setup.jwks,
  findAccount: (ctx, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
  claims: {
    openid: ['sub', 'sid', 'auth_time', 'id_assurance_level'],
    profile: ['name', 'given_name', 'family_name'],
    nationalrbacaccess: ['nhsid_nrbac_roles', 'selected_roleid'],
  },
  features: {
    devInteractions: { enabled: true }, // plain HTML forms
    backchannelLogout: { enabled: true },
    revocation: { enabled: true },
  },
  // Logout tokens are posted without the timers of the built-in fetch, which a clock that is set wrong upsets.
  fetch: (url, options) => new Promise((resolve, reject) => {
    const headers = Object.fromEntries(new Headers(options.headers));
    http.request(url, { method: options.method, headers }, (res) => {
      res.resume();
      resolve({ status: res.statusCode });
    }).on('error', reject).end(String(options.body));
  }),
  cookies: { keys: ['only for tests'] },
  pkce: { required: () => true },
  issueRefreshToken: () => !setup.noRefresh,
  rotateRefreshToken: () => true,
  // Everything that a client asks for is granted without a page of its own.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile nationalrbacaccess offline_access');
    await grant.save();
    return grant;
  },
});
for (const fault of ['server_error', 'grant.error', 'backchannel.error', 'end_session.error']) provider.on(fault, (ctx, err) => console.error(fault, err));

const serve = (handler) => new Promise((ready) => {
  const server = http.createServer(handler).listen(0, '127.0.0.1', () => ready(server.address().port));
});
const port = await serve(provider.callback());
// What a test may change while the provider runs.
const control = await serve(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  const change = JSON.parse(body);
  if ('ahead' in change) ahead = change.ahead;
  if ('accounts' in change) accounts = change.accounts;
  res.end('{}');
});
console.log(`READY ${port} ${control}`);
process.stdin.resume(); // ends with the test that started it
process.stdin.on('end', () => process.exit(0));
