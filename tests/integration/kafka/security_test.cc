// SPDX-License-Identifier: Apache-2.0
// The whole pipeline over a Kafka that asks who is there, by each way that docs/kafka.md shows.
#include <filesystem>
#include <fstream>

#include "base/base64.h"
#include "bus/kafka/client/properties.h"
#include "tests/fakes/certificates.h"
#include "tests/harness/eventually.h"
#include "tests/integration/kafka/over_kafka.h"

namespace acceptance {
namespace {

constexpr const char* kConfigs = "kafka.admin.ConfigCommand";

// A broker that asks for a password or a token over TLS at its listener SECURE, for a client's certificate at MUTUAL.
class GuardedKafka {
 public:
  GuardedKafka() : broker_(1, properties(), {"SECURE=SASL_SSL", "MUTUAL=SSL"}) {
    auto made = broker_.tool(kConfigs, {"--alter", "--add-config", "SCRAM-SHA-512=[password=sesame]", "--entity-type",
                                        "users", "--entity-name", "tocsin"});
    EXPECT_TRUE(made.exit.is_success()) << made.out << made.err;
  }

  std::string secure() const { return broker_.listener("SECURE"); }
  std::string mutual() const { return broker_.listener("MUTUAL"); }
  std::string ca_file() const { return certificates_.ca_file(); }
  const fakes::Certificates::Pair& client() const { return client_; }

 private:
  // Kafka takes a key and its certificate from one PEM file.
  std::string key_store() {
    auto server = certificates_.issue("kafka");
    std::string path = certificates_.path("kafka-store.pem");
    std::ofstream(path) << std::ifstream(server.key_file).rdbuf() << std::ifstream(server.cert_file).rdbuf();
    return path;
  }

  std::vector<std::string> properties() {
    const std::string oauth = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";
    const std::string plain = "org.apache.kafka.common.security.plain.PlainLoginModule";
    const std::string scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
    return {"ssl.keystore.type=PEM",
            "ssl.keystore.location=" + key_store(),
            "ssl.truststore.type=PEM",
            "ssl.truststore.location=" + ca_file(),
            "listener.name.mutual.ssl.client.auth=required",
            "listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512,OAUTHBEARER",
            "listener.name.secure.plain.sasl.jaas.config=" + plain + " required user_tocsin=\"sesame\";",
            "listener.name.secure.scram-sha-512.sasl.jaas.config=" + scram + " required;",
            "listener.name.secure.oauthbearer.sasl.jaas.config=" + oauth +
                " required unsecuredLoginStringClaim_sub=\"broker\";"};
  }

  fakes::Certificates certificates_;
  fakes::Certificates::Pair client_ = certificates_.issue("tocsin");
  harness::KafkaCluster broker_;
};

class SecureKafka : public OverKafka {
 protected:
  // A token that nobody has signed, which this broker believes.
  class TokenFile {
   public:
    void renew(std::chrono::seconds holds) {
      auto expires = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + holds);
      std::ofstream(path() + ".new") << part(R"({"alg":"none"})") << '.'
                                     << part(R"({"sub":"tocsin","exp":)" + std::to_string(expires) + "}") << ".\n";
      std::filesystem::rename(path() + ".new", path());
    }
    std::string properties() const {
      return "security.protocol: SASL_SSL, sasl.mechanism: OAUTHBEARER, sasl.oauthbearer.config: token_file=" + path() +
             ", ssl.ca.location: " + guarded().ca_file();
    }

   private:
    std::string path() const { return dir_.path() + "/token"; }
    static std::string part(const std::string& json) {
      std::string text = base::to_base64(json);
      return text.substr(0, text.find('='));
    }

    harness::TempDir dir_;
  };

  static GuardedKafka& guarded() {
    static GuardedKafka kafka;
    return kafka;
  }

  std::string config(const std::string& servers, const std::string& prefix, const std::string& properties) const {
    return config_over(servers, prefix, {receiver_.url("/hook")}, "    properties: {" + properties + "}\n");
  }

  static std::string with_password(const std::string& mechanism, const std::string& password) {
    return "security.protocol: SASL_SSL, sasl.mechanism: " + mechanism +
           ", sasl.username: tocsin, sasl.password: " + password + ", ssl.ca.location: " + guarded().ca_file();
  }

  void expect_works(const std::string& config) {
    Tocsin tocsin(config);
    ASSERT_NO_FATAL_FAILURE(start({&tocsin}));
    Load load({tocsin.port()}, {.alerts_per_second = 50, .most_alerts = 20});
    ASSERT_TRUE(load.complete(patience()));
    await_told(load, {&outcomes_}, tocsin);
    expect_balance(load, {&outcomes_}, tocsin);
  }

  // It lives, is not ready, and says why.
  void expect_told_why(const std::string& config, const std::string& why) {
    Tocsin tocsin(config);
    tocsin.launch();
    expect_told_why(tocsin, why);
  }
  void expect_told_why(Tocsin& tocsin, const std::string& why) {
    EXPECT_TRUE(harness::eventually(
        patience(), [&] { return tocsin.exit() || tocsin.readiness().body.find(why) != std::string::npos; }))
        << tocsin.readiness().body << tocsin.log();
    EXPECT_FALSE(tocsin.exit());
    EXPECT_FALSE(tocsin.is_ready());
  }

  harness::HttpReceiver receiver_;
  Outcomes outcomes_{receiver_};
};

TEST_F(SecureKafka, APasswordOverTls) {
  expect_works(config(guarded().secure(), "plain.", with_password("PLAIN", "sesame")));
}

TEST_F(SecureKafka, APasswordByScramOverTls) {
  auto doubts = bus::kafka::doubt_properties({{"sasl.mechanism", base::Secret("SCRAM-SHA-512")}});
  if (!doubts.empty()) GTEST_SKIP() << doubts[0].text;
  expect_works(config(guarded().secure(), "scram.", with_password("SCRAM-SHA-512", "sesame")));
}

TEST_F(SecureKafka, ACertificateOfTheClient) {
  expect_works(config(guarded().mutual(), "mutual.",
                      "security.protocol: SSL, ssl.certificate.location: " + guarded().client().cert_file +
                          ", ssl.key.location: " + guarded().client().key_file +
                          ", ssl.ca.location: " + guarded().ca_file()));
}

TEST_F(SecureKafka, ATokenOutOfAFile) {
  TokenFile token;
  token.renew(std::chrono::hours(1));

  expect_works(config(guarded().secure(), "token.", token.properties()));
}

TEST_F(SecureKafka, AnOldTokenIsNamedAndIsRenewedInItsFile) {
  TokenFile token;
  token.renew(std::chrono::seconds(-1));
  Tocsin tocsin(config(guarded().secure(), "renewed.", token.properties()));
  tocsin.launch();
  expect_told_why(tocsin, "expired");

  token.renew(std::chrono::hours(1));

  EXPECT_TRUE(harness::eventually(patience(), [&] { return tocsin.is_ready(); })) << tocsin.readiness().body;
}

TEST_F(SecureKafka, AWrongPasswordIsNamed) {
  expect_told_why(config(guarded().secure(), "wrong.", with_password("PLAIN", "guessed")),
                  "Invalid username or password");
}

TEST_F(SecureKafka, AnUnknownAuthorityIsNamed) {
  expect_told_why(config(guarded().mutual(), "unknown.", "security.protocol: SSL"), "certificate verify failed");
}

}  // namespace
}  // namespace acceptance
