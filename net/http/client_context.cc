// SPDX-License-Identifier: Apache-2.0
#include "net/http/client_context.h"

namespace net::http {

namespace asio = boost::asio;
using base::Reason;

base::Result<asio::ssl::context> client_context(const Access& access) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  boost::system::error_code error;
  auto unusable = [&](const char* option, const std::string& file) {
    return base::permanent(Reason::kBadRequest, std::string(option) + " " + file + ": " + error.message());
  };
  if (access.ca_file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(access.ca_file, error);
  }
  if (error) return unusable("ca_file", access.ca_file);
  if (access.cert_file.empty()) return context;
  context.use_certificate_chain_file(access.cert_file, error);
  if (error) return unusable("cert_file", access.cert_file);
  // As for every client: a file without another for the key holds both.
  const std::string& key = access.key_file.empty() ? access.cert_file : access.key_file;
  context.use_private_key_file(key, asio::ssl::context::pem, error);
  if (error) return unusable("key_file", key);
  return context;
}

}  // namespace net::http
