// oidc-provider with one client that gets ES256 access tokens by `client_credentials`, in memory, without any log.
// Arguments: the port, the client's id, the client's secret.

import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, client_id, client_secret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });

const provider = new Provider(issuer, {
  jwks: { keys: [{ ...key, alg: "ES256", use: "sig", kid: "bench" }] },
  clients: [
    {
      client_id,
      client_secret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: "client_secret_post",
      id_token_signed_response_alg: "ES256",
    },
  ],
  scopes: ["vehicle_device_data"],
  ttl: { ClientCredentials: 28800 },
  cookies: { keys: ["bench"] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => issuer,
      getResourceServerInfo: () => ({
        audience: issuer,
        scope: "vehicle_device_data",
        accessTokenFormat: "jwt",
        accessTokenTTL: 28800,
        jwt: { sign: { alg: "ES256" } },
      }),
    },
  },
});

provider.listen(Number(port), "127.0.0.1");
