// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/named_files.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>

#include "bus/kafka/client/oauth_token.h"

namespace bus::kafka {
namespace {

std::string text_of(const Properties& properties, const char* name) {
  auto found = properties.find(name);
  return found == properties.end() ? std::string() : found->second.reveal();
}

// librdkafka takes its names of protocols in any case.
bool speaks_tls(const Properties& properties) {
  std::string protocol = text_of(properties, "security.protocol");
  std::ranges::transform(protocol, protocol.begin(), [](unsigned char c) { return std::tolower(c); });
  return protocol == "ssl" || protocol == "sasl_ssl";
}

// Authorities may also be in a folder, or where librdkafka looks for them itself.
bool names_no_file(const std::string& property, const std::string& path) {
  std::error_code ignored;
  return path.empty() ||
         (property == "ssl.ca.location" && (path == "probe" || std::filesystem::is_directory(path, ignored)));
}

}  // namespace

std::vector<NamedFile> named_files(const Properties& properties) {
  std::vector<NamedFile> files;
  if (speaks_tls(properties)) {
    for (const char* name : {"ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.keystore.location",
                             "ssl.crl.location"}) {
      std::string path = text_of(properties, name);
      if (!names_no_file(name, path)) files.push_back({name, std::move(path)});
    }
  }
  const char* config = "sasl.oauthbearer.config";
  if (auto path = token_file_of(text_of(properties, config))) files.push_back({config, std::move(*path)});
  return files;
}

}  // namespace bus::kafka
