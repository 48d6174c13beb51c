# What this server can do; nobody needs a token for that.
curl BASE/fhir/metadata
curl BASE/fhir/.well-known/smart-configuration

# An app with a secret changes a code for a token.
curl -u "$CLIENT_ID:$CLIENT_SECRET" BASE/oauth/token \
  -d grant_type=authorization_code -d "code=$CODE" \
  -d "redirect_uri=$REDIRECT_URI" -d "code_verifier=$VERIFIER"

# And reads.
curl -H "Authorization: Bearer $TOKEN" \
  "BASE/fhir/Observation?category=laboratory&patient=$PATIENT"

# It gives a token back that it does not need any more.
curl -u "$CLIENT_ID:$CLIENT_SECRET" BASE/oauth/revoke -d "token=$TOKEN"
