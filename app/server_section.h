// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/guard.h"
#include "base/options/option_table.h"
#include "net/http/server.h"
#include "net/http/tls.h"

namespace app {

// `server.tls`.
struct TlsSection {
  std::string cert_file;
  std::string key_file;
  std::string client_ca_file;
  bool every_client = true;
  bool only_tls_1_3 = false;

  net::http::TlsFiles files() const;
};

// `server.intake_auth`.
struct IntakeAuthSection {
  std::string username;
  base::Secret password;
  base::Secret bearer_token;
  base::Secret hmac_secret;
  std::string hmac_header = net::http::Credentials{}.hmac_header;
};

// `server.limits`.
struct LimitsSection {
  std::int64_t max_connections_per_peer = 512;
  std::int64_t max_requests = 512;
  std::int64_t max_body_memory = 64 * 1024 * 1024;
  std::int64_t max_headers = 100;
  std::int64_t max_header_bytes = 16 * 1024;
  base::Duration header_timeout = std::chrono::seconds(10);
  base::Duration body_timeout = std::chrono::seconds(60);
  std::int64_t min_body_rate = 4 * 1024;
  base::Duration idle_timeout = std::chrono::seconds(120);

  friend bool operator==(const LimitsSection&, const LimitsSection&) = default;
};

// The top-level section `server`.
struct ServerSection {
  std::string listen = "0.0.0.0:5000";
  std::int64_t max_body_bytes = 8 * 1024 * 1024;
  std::int64_t max_connections = 1024;
  std::optional<TlsSection> tls;
  std::optional<IntakeAuthSection> intake_auth;
  base::Secret token;
  bool trust_loopback = true;
  LimitsSection limits;

  // Everything but `tls`. `listen_flag`, when not empty, is what the command line says. kBadRequest for an address that
  // is none.
  base::Result<net::http::ServerOptions> options(const std::string& listen_flag) const;
  AccessRules rules() const;
};

// What differs and takes effect at a start only, as options are written: "server.listen".
std::vector<std::string> options_for_next_start(const ServerSection& now, const ServerSection& next);

// Reads the section, with what one option says about another, and tries the certificates.
ServerSection read_server_section(const base::yaml::Node& node, base::yaml::Problems& problems);

// The tables of it and of its parts.
std::vector<const base::OptionSet*> server_option_sets();

}  // namespace app
