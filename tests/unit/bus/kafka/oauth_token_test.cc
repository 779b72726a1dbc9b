// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/oauth_token.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/base64.h"

namespace bus::kafka {
namespace {

using std::chrono::milliseconds;

std::string base64url(std::string_view bytes) {
  std::string text = base::to_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text.substr(0, text.find('='));
}

base::Secret token(std::string_view claims) {
  return base::Secret(base64url(R"({"alg":"none"})") + "." + base64url(claims) + ".c2lnbmVk");
}

TEST(KafkaOAuthToken, SaysWhoseItIsAndUntilWhen) {
  auto read = parse_oauth_token(token(R"({"sub":"system:serviceaccount:tocsin:tocsin","exp":1900000000.5})"));

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read.value().principal, "system:serviceaccount:tocsin:tocsin");
  EXPECT_EQ(read.value().expires, milliseconds(1'900'000'000'500));
}

TEST(KafkaOAuthToken, TakesTheLettersThatOrdinaryBase64DoesNotHave) {
  auto read = parse_oauth_token(token("{\"sub\":\"\u007f\xc3\xbf\xc3\xbe>>>???\",\"exp\":1}"));

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read.value().principal, "\x7f\xc3\xbf\xc3\xbe>>>???");
}

TEST(KafkaOAuthToken, SaysWhatIsWrongAndNothingOfTheToken) {
  struct Wrong {
    std::string text;
    std::string why;
  };
  for (const auto& [text, why] : {
           Wrong{"hush", "it has not three parts"},
           Wrong{"hush.a.b.c", "it has not three parts"},
           Wrong{"hush.+++.", "its second part is not base64url"},
           Wrong{"hush." + base64url("[]") + ".", "its claims are no JSON object"},
           Wrong{token(R"({"exp":1})").reveal(), "claim 'sub', whose it is, is missing"},
           Wrong{token(R"({"sub":"","exp":1})").reveal(), "claim 'sub', whose it is, is missing"},
           Wrong{token(R"({"sub":"a"})").reveal(), "claim 'exp', until when, is missing"},
           Wrong{token(R"({"sub":"a","exp":"tomorrow"})").reveal(), "claim 'exp', until when, is missing"},
           Wrong{token(R"({"sub":"a","exp":-1})").reveal(), "claim 'exp' is no time"},
           Wrong{token(R"({"sub":"a","exp":1e300})").reveal(), "claim 'exp' is no time"},
       }) {
    auto read = parse_oauth_token(base::Secret(text));
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().message, "this is no token (JWT) for OAUTHBEARER: " + why);
  }
}

TEST(KafkaOAuthToken, ItsFileIsNamedByAProperty) {
  EXPECT_EQ(token_file_of("token_file=/run/token"), "/run/token");
  EXPECT_EQ(token_file_of("principal=tocsin"), std::nullopt);
  auto missing = read_oauth_token("/not/there");
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error().message.starts_with("/not/there: ")) << missing.error().message;
}

}  // namespace
}  // namespace bus::kafka
