// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/oauth_token.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/secret_file.h"

namespace bus::kafka {
namespace {

// Beyond the year 9999 a time is a mistake, and its milliseconds might not fit.
constexpr double kLatestSecond = 253'402'300'799;

base::Error not_a_token(const std::string& why) {
  return base::permanent(base::Reason::kBadRequest, "this is no token (JWT) for OAUTHBEARER: " + why);
}

// RFC 7515, appendix C.
std::optional<std::string> from_base64url(std::string_view text) {
  std::string standard(text);
  std::ranges::replace(standard, '-', '+');
  std::ranges::replace(standard, '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  return base::from_base64(standard);
}

// The middle one of the three parts (RFC 7519, section 3); the last is empty where nobody has signed.
std::optional<std::string_view> claims_of(std::string_view token) {
  auto first = token.find('.');
  auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  return token.substr(first + 1, second - first - 1);
}

}  // namespace

base::Result<OAuthToken> parse_oauth_token(const base::Secret& text) {
  auto encoded = claims_of(text.reveal());
  if (!encoded) return not_a_token("it has not three parts");
  auto decoded = from_base64url(*encoded);
  if (!decoded) return not_a_token("its second part is not base64url");
  auto claims = nlohmann::json::parse(*decoded, nullptr, false);
  if (!claims.is_object()) return not_a_token("its claims are no JSON object");
  auto subject = claims.find("sub");
  if (subject == claims.end() || !subject->is_string() || subject->get_ref<const std::string&>().empty()) {
    return not_a_token("claim 'sub', whose it is, is missing");
  }
  auto expires = claims.find("exp");
  if (expires == claims.end() || !expires->is_number()) return not_a_token("claim 'exp', until when, is missing");
  double second = expires->get<double>();
  if (!(second > 0 && second < kLatestSecond)) return not_a_token("claim 'exp' is no time");
  auto until = std::chrono::milliseconds(static_cast<std::int64_t>(second * 1000));
  return OAuthToken{text, subject->get<std::string>(), until};
}

std::optional<std::string> token_file_of(std::string_view oauthbearer_config) {
  constexpr std::string_view kName = "token_file=";
  if (!oauthbearer_config.starts_with(kName)) return std::nullopt;
  return std::string(oauthbearer_config.substr(kName.size()));
}

base::Result<OAuthToken> read_oauth_token(const std::string& file) {
  auto text = base::read_secret_file(file);
  if (!text) return text.error().in(file);
  auto token = parse_oauth_token(text.value());
  if (!token) return token.error().in(file);
  return token;
}

void give_token(rd_kafka_t* client, const char* oauthbearer_config, void*) {
  auto file = token_file_of(oauthbearer_config == nullptr ? "" : oauthbearer_config);
  auto token = read_oauth_token(file.value_or(""));
  if (!token) {
    rd_kafka_oauthbearer_set_token_failure(client, token.error().message.c_str());
    return;
  }
  std::array<char, 512> why{};
  const OAuthToken& now = token.value();
  auto set = rd_kafka_oauthbearer_set_token(client, now.text.reveal().c_str(), now.expires.count(),
                                            now.principal.c_str(), nullptr, 0, why.data(), why.size());
  if (set != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_oauthbearer_set_token_failure(client, why.data());
}

}  // namespace bus::kafka
