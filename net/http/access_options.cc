// SPDX-License-Identifier: Apache-2.0
#include "net/http/access_options.h"

namespace net::http {

Access AccessOptions::to_access() const {
  return {.username = username,
          .password = password,
          .bearer_token = bearer_token,
          .headers = Headers(headers.begin(), headers.end()),
          .ca_file = ca_file,
          .cert_file = cert_file,
          .key_file = key_file,
          .server_name = server_name,
          .insecure_skip_verify = insecure_skip_verify,
          .proxy_url = proxy_url};
}

const base::OptionTable<AccessOptions>& access_options() {
  static const auto table = [] {
    base::OptionTable<AccessOptions> t("access", "How to reach another side over HTTP, and to be let in.");
    t.option("username", &AccessOptions::username, "For basic authentication.");
    t.option("password", &AccessOptions::password, "For basic authentication.");
    t.option("bearer_token", &AccessOptions::bearer_token,
             "Sent as `Authorization: Bearer ...`. Its file is read again when it changes.");
    t.option("headers", &AccessOptions::headers, "Sent with every request, for example a tenant.");
    t.option("ca_file", &AccessOptions::ca_file, "PEM file of the authorities to trust instead of the system's.");
    t.option("cert_file", &AccessOptions::cert_file,
             "PEM file of our own certificate, where the other side wants one.");
    t.option("key_file", &AccessOptions::key_file, "PEM file of its key.");
    t.option("server_name", &AccessOptions::server_name, "The name the certificate must have, if not the URL's host.");
    t.option("insecure_skip_verify", &AccessOptions::insecure_skip_verify, "Trusts any certificate. For tests.");
    t.option("proxy_url", &AccessOptions::proxy_url,
             "The proxy to use instead of HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment.");
    return t;
  }();
  return table;
}

}  // namespace net::http
