# What this server can do; nobody needs a token for that.
curl BASE/fhir/metadata
curl BASE/fhir/.well-known/smart-configuration

# Step 1: a random text that stays with the app, and its hash, which goes with the question (PKCE).
VERIFIER=$(openssl rand -base64 48 | tr '+/' '-_' | tr -d '=\n')
CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')
STATE=$(openssl rand -hex 16)

# Step 2: the browser of the person opens this address. It comes back to the address of the app with state, which must be
# the same, and with the code.
echo "BASE/oauth/authorize?response_type=code&client_id=$CLIENT_ID&redirect_uri=$REDIRECT_URI&aud=BASE/fhir&state=$STATE&code_challenge=$CHALLENGE&code_challenge_method=S256&scope=launch/patient%20patient/Observation.rs"

# Step 3: an app with a secret changes the code for a token within a minute. The secret goes by HTTP Basic (-u), never as
# client_secret in the form. The answer has access_token and patient.
curl -u "$CLIENT_ID:$CLIENT_SECRET" BASE/oauth/token \
  -d grant_type=authorization_code -d "code=$CODE" \
  -d "redirect_uri=$REDIRECT_URI" -d "code_verifier=$VERIFIER"

# And reads.
curl -H "Authorization: Bearer $TOKEN" \
  "BASE/fhir/Observation?category=laboratory&patient=$PATIENT"

# It gives a token back that it does not need any more.
curl -u "$CLIENT_ID:$CLIENT_SECRET" BASE/oauth/revoke -d "token=$TOKEN"
