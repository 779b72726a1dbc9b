// SPDX-License-Identifier: Apache-2.0
#include "sinks/webhook/signature.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>

#include "base/base64.h"
#include "base/hash.h"
#include "tests/harness/temp_dir.h"

namespace sinks::webhook {
namespace {

using net::http::find_header;

SignatureOptions options(SignatureStyle style, const std::vector<std::string>& secrets) {
  SignatureOptions made{.style = style};
  for (const auto& secret : secrets) made.secrets.push_back({base::Secret(secret)});
  return made;
}

base::Time at(long long seconds) { return base::Time(std::chrono::seconds(seconds)); }

// What the command openssl says of a text, in hex.
std::string openssl_hmac(const std::string& key, const std::string& text) {
  harness::TempDir dir;
  auto path = dir.write("text", text);
  std::string command = "openssl dgst -sha256 -mac HMAC -macopt hexkey:" + base::to_hex(key) + " -r " + path;
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 64> digits{};
  if (!pipe || std::fread(digits.data(), 1, digits.size(), pipe.get()) != digits.size()) return "openssl failed";
  return {digits.data(), digits.size()};
}

// The example of https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries.
TEST(Signature, IsWhatGithubDocuments) {
  auto headers =
      signature_headers(options(SignatureStyle::kGithub, {"It's a Secret to Everybody"}), "id", at(0), "Hello, World!");

  ASSERT_EQ(headers.size(), 1u);
  EXPECT_EQ(find_header(headers, "X-Hub-Signature-256"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
}

// The vector of the reference libraries (https://github.com/standard-webhooks/standard-webhooks).
TEST(Signature, IsWhatStandardWebhooksLibrariesTestWith) {
  auto headers =
      signature_headers(options(SignatureStyle::kStandardWebhooks, {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}),
                        "msg_p5jXN8AQM9LWM0D4loKWxJek", at(1614265330), R"({"test": 2432232314})");

  EXPECT_EQ(find_header(headers, "webhook-id"), "msg_p5jXN8AQM9LWM0D4loKWxJek");
  EXPECT_EQ(find_header(headers, "webhook-timestamp"), "1614265330");
  EXPECT_EQ(find_header(headers, "webhook-signature"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, AgreesWithOpenssl) {
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("Gr\xC3\xBC\xC3\x9F\x65\n\0 with a zero", 21),
        std::string(100'000, 'x')}) {
    auto github = signature_headers(options(SignatureStyle::kGithub, {"key"}), "d1", at(1), body);
    EXPECT_EQ(find_header(github, "x-hub-signature-256"), "sha256=" + openssl_hmac("key", body));

    std::string first = "0123456789abcdef01234567";
    std::string second(32, '\xA5');
    auto standard = signature_headers(options(SignatureStyle::kStandardWebhooks,
                                              {"whsec_" + base::to_base64(first), "whsec_" + base::to_base64(second)}),
                                      "d1", at(1'674'087'231), body);
    std::string expected;
    for (const auto& key : {first, second}) {
      auto hex = openssl_hmac(key, "d1.1674087231." + body);
      std::string bytes;
      for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
      expected += (expected.empty() ? "v1," : " v1,") + base::to_base64(bytes);
    }
    EXPECT_EQ(find_header(standard, "webhook-signature"), expected);
  }
}

TEST(Signature, RefusesASecretThatIsNoBase64) {
  EXPECT_FALSE(signing_key(SignatureStyle::kStandardWebhooks, "whsec_%%%").has_value());
  EXPECT_FALSE(signing_key(SignatureStyle::kStandardWebhooks, "whsec_").has_value());
  EXPECT_EQ(signing_key(SignatureStyle::kStandardWebhooks, "plain text").value(), "plain text");
  EXPECT_EQ(signing_key(SignatureStyle::kGithub, "whsec_%%%").value(), "whsec_%%%");
}

}  // namespace
}  // namespace sinks::webhook
