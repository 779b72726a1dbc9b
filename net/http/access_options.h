// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "base/options/option_table.h"
#include "net/http/client.h"

namespace net::http {

// How a configuration says how to reach and convince another side: an Access as a user writes it.
struct AccessOptions {
  std::string username;
  base::Secret password;
  base::Secret bearer_token;
  std::map<std::string, std::string> headers;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string server_name;
  bool insecure_skip_verify = false;
  std::string proxy_url;

  Access to_access() const;
};

// For OptionTable::nested() of whatever talks HTTP.
const base::OptionTable<AccessOptions>& access_options();

}  // namespace net::http
