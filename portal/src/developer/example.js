const iss = "BASE/fhir";
const clientId = "YOUR-CLIENT-ID";
const back = location.origin + location.pathname;
// Ask for no more than you need: of all observations the lab results.
const labsOnly = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory";

// Letters that can stand in an address, from random bytes or a hash.
function letters(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// Step 1: ask. The person signs in, chooses what to share, and comes back.
async function connect() {
  const found = await fetch(iss + "/.well-known/smart-configuration");
  const smart = await found.json();
  const verifier = letters(crypto.getRandomValues(new Uint8Array(48)));
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const state = letters(crypto.getRandomValues(new Uint8Array(16)));
  sessionStorage.setItem("ask", JSON.stringify([verifier, state, smart.token_endpoint]));
  const ask = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: back,
    aud: iss,
    scope: "launch/patient openid fhirUser patient/Observation.rs?category=" + labsOnly,
    state: state,
    code_challenge: letters(new Uint8Array(hash)),
    code_challenge_method: "S256",
  });
  location.href = smart.authorization_endpoint + "?" + ask;
}

// Step 2: on the way back, change the code for a token and read.
async function finish() {
  const answer = new URLSearchParams(location.search);
  const [verifier, state, tokenEndpoint] = JSON.parse(sessionStorage.getItem("ask"));
  if (answer.get("state") !== state || answer.get("iss") !== new URL(iss).origin) {
    throw new Error("This is not the answer to our question.");
  }
  if (answer.get("error")) throw new Error(answer.get("error_description"));
  const given = await fetch(tokenEndpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: answer.get("code"),
      redirect_uri: back,
      client_id: clientId,
      code_verifier: verifier,
    }),
  });
  const token = await given.json();
  if (!given.ok) throw new Error(token.error_description);
  const only = new URLSearchParams({ category: labsOnly, patient: token.patient });
  const labs = await fetch(iss + "/Observation?" + only, {
    headers: { authorization: "Bearer " + token.access_token },
  });
  return labs.json();
}
