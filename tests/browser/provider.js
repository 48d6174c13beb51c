// An identity provider that others wrote and that is certified (npm `oidc-provider`), with a small page of ours
// in front: who signs in is typed, and how long ago that was; there is no password.

import { createServer } from "node:http";
import Provider from "oidc-provider";
import { freePort } from "./harness.js";

function askToSignOut(ctx, form) {
  ctx.body = `<!doctype html><html lang="en"><title>Sign out</title><link rel="icon" href="data:,">
    <h1>Sign out</h1>${form}<button form="op.logoutForm" name="logout" value="yes">Yes</button>`;
}

/** Starts it on a free port for the portal at `origin`. */
export async function startProvider(origin) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  let count = 0;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "recordright",
        client_secret: "a-secret-of-the-test-that-is-long-enough",
        redirect_uris: [`${origin}/sign-in/callback`],
        post_logout_redirect_uris: [`${origin}/signed-out`],
        backchannel_logout_uri: `${origin}/back-channel-logout`,
        response_types: ["code"],
        grant_types: ["authorization_code"],
        require_auth_time: true,
      },
    ],
    claims: { openid: ["sub"], profile: ["name", "given_name", "family_name", "birthdate"], email: ["email", "email_verified"] },
    cookies: { keys: ["a key of the test"] },
    // The pages of the library ask for fonts from elsewhere; ours ask for nothing.
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true, logoutSource: askToSignOut }, backchannelLogout: { enabled: true } },
    pkce: { required: () => true },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        name: "Alma Tester",
        given_name: "Alma",
        family_name: "Tester",
        birthdate: "1980-01-02",
        email: `${id}@people.example`,
        email_verified: true,
      }),
    }),
    // Who signs in there wants to be signed in here: consent is given with it.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  const library = provider.callback();
  const server = createServer(async (request, response) => {
    const [, uid, cancel] = request.url.match(/^\/interaction\/([\w-]+)(\/cancel)?$/) ?? [];
    if (!uid) return library(request, response);
    if (cancel) {
      return provider.interactionFinished(request, response, { error: "access_denied", error_description: "they said no" });
    }
    if (request.method === "POST") {
      let body = "";
      for await (const part of request) body += part;
      count += 1;
      const typed = new URLSearchParams(body);
      const ts = Math.floor(Date.now() / 1000) - 60 * Number(typed.get("minutes"));
      return provider.interactionFinished(request, response, { login: { accountId: typed.get("login"), ts } });
    }
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="en"><title>Sign in</title><link rel="icon" href="data:,">
      <h1>Sign in</h1><form method="post"><label>Name <input name="login"></label>
      <label>Minutes ago <input name="minutes" value="0"></label><button type="submit">Sign in</button></form>
      <a class="cancel" href="/interaction/${uid}/cancel">No</a>`);
  });
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return { issuer, stop, signedIn: () => count };
}
