// SPDX-License-Identifier: Apache-2.0
// What docs/security.md shows lets a real Alertmanager in, and nobody else.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/acceptance/servers.h"
#include "tests/acceptance/tocsin.h"
#include "tests/fakes/certificates.h"
#include "tests/harness/eventually.h"

namespace acceptance {
namespace {

constexpr const char* kAlert = R"([{"labels":{"alertname":"A","severity":"critical"}}])";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// The blocks of YAML below a heading of the page.
std::vector<std::string> blocks(const std::string& heading) {
  std::string page = harness::read_text(TOCSIN_SOURCE_DIR "/docs/security.md");
  std::size_t begin = page.find("\n## " + heading + "\n");
  if (begin == std::string::npos) return {};
  std::string section = page.substr(begin + 1, page.find("\n## ", begin + 1) - begin);
  std::vector<std::string> found;
  constexpr std::string_view kOpen = "```yaml\n";
  for (std::size_t at = 0; (at = section.find(kOpen, at)) != std::string::npos;) {
    at += kOpen.size();
    found.push_back(section.substr(at, section.find("```", at) - at));
  }
  return found;
}

class SecurityPage : public testing::Test {
 protected:
  SecurityPage() {
    server_ = certificates_.issue("tocsin");
    client_ = certificates_.issue("alertmanager");
    password_ = dir_.write("password", "correct horse\n");
    token_ = dir_.write("token", "intake-token-0123456789\n");
  }

  std::string tocsin_config() {
    auto found = blocks("Closing it");
    if (found.empty()) return {};
    auto text = found.front();
    for (const auto& [path, file] :
         {std::pair<std::string, std::string>{"/etc/tocsin/tls/tls.crt", server_.cert_file},
          {"/etc/tocsin/tls/tls.key", server_.key_file},
          {"/etc/tocsin/tls/clients.crt", certificates_.ca_file()},
          {"/etc/tocsin/intake/password", password_},
          {"/etc/tocsin/intake/token", token_},
          {"/etc/tocsin/intake/hmac", dir_.write("hmac", "a key")},
          {"/etc/tocsin/control/token", dir_.write("control", "control-token-0123456789")}}) {
      text = replaced(std::move(text), path, file);
    }
    return text;
  }

  // A snippet of the page as a whole file for Alertmanager.
  std::string alertmanager_config(std::string snippet, std::uint16_t tocsin_port, bool adds_certificate) {
    snippet = replaced(std::move(snippet), "https://tocsin.example.org:5000",
                       "https://127.0.0.1:" + std::to_string(tocsin_port));
    std::string folder = "/etc/alertmanager/tocsin/";
    std::string ca_line = "ca_file: " + folder + "ca.crt\n";
    std::string certificate =
        "            cert_file: " + folder + "tls.crt\n            key_file: " + folder + "tls.key\n";
    if (adds_certificate) snippet = replaced(std::move(snippet), ca_line, ca_line + certificate);
    for (const auto& [name, file] : {std::pair<std::string, std::string>{"password", password_},
                                     {"token", token_},
                                     {"ca.crt", certificates_.ca_file()},
                                     {"tls.crt", client_.cert_file},
                                     {"tls.key", client_.key_file}}) {
      snippet = replaced(std::move(snippet), folder + name, file);
    }
    return "route:\n  receiver: tocsin\n  group_wait: 0s\n  group_interval: 1s\n" + snippet;
  }

  // What `curl` prints.
  std::string curl(std::uint16_t port, const std::string& path, std::vector<std::string> words) {
    words.insert(words.begin(), {"curl", "-s", "--cacert", certificates_.ca_file()});
    words.push_back("https://127.0.0.1:" + std::to_string(port) + path);
    return harness::run(std::move(words)).out;
  }

  harness::TempDir dir_;
  fakes::Certificates certificates_;
  fakes::Certificates::Pair server_;
  fakes::Certificates::Pair client_;
  std::string password_;
  std::string token_;
};

TEST_F(SecurityPage, HasSnippetsThatARealAlertmanagerComesInWith) {
  if (!what_is_missing().empty()) GTEST_SKIP() << what_is_missing();
  harness::TempDir data;
  std::uint16_t port = harness::free_port();
  harness::Process running({program(), "run", "--config", dir_.write("tocsin.yaml", tocsin_config()), "--data-dir",
                            data.path(), "--listen", "127.0.0.1:" + std::to_string(port)},
                           data.path() + "/log");
  auto metrics = [&] { return curl(port, "/metrics", {}); };
  ASSERT_TRUE(harness::eventually(kGenerous, [&] { return !metrics().empty(); })) << running.output();
  auto snippets = blocks("Alertmanager's side");
  ASSERT_EQ(snippets.size(), 3u);

  // The first two show what intake_auth asks for; the third has a certificate only.
  for (std::size_t i = 0; i < snippets.size(); ++i) {
    auto before = metrics();
    std::uint16_t alertmanager = harness::free_port();
    std::string number = std::to_string(i);
    harness::Process process(
        {"prometheus-alertmanager",
         "--config.file=" + dir_.write("am" + number, alertmanager_config(snippets[i], port, i < 2)),
         "--storage.path=" + dir_.path() + "/data" + number,
         "--cluster.listen-address=", "--web.listen-address=127.0.0.1:" + std::to_string(alertmanager)},
        dir_.path() + "/log" + number);
    ASSERT_TRUE(harness::eventually(kGenerous, [&] {
      return harness::http_post(alertmanager, "/api/v2/alerts", kAlert).is_success();
    })) << process.output();
    std::string code = i < 2 ? "200" : "401";
    std::string line = "tocsin_http_requests_total{code=\"" + code + "\",path=\"/api/alerts\"} ";
    auto count = [&](const std::string& text) {
      auto at = text.find(line);
      return at == std::string::npos ? 0 : std::atoi(text.c_str() + at + line.size());
    };
    EXPECT_TRUE(harness::eventually(kGenerous, [&] { return count(metrics()) > count(before); }))
        << snippets[i] << process.output() << metrics();
  }

  std::vector<std::string> status = {"-o", "/dev/null", "-w", "%{http_code}"};
  EXPECT_EQ(curl(port, "/livez", status), "200");
  EXPECT_EQ(curl(port, "/api/findings", status), "403") << "loopback is not trusted, and there is no certificate";
}

TEST_F(SecurityPage, HasOptionsThatTheCommandLineComesInWith) {
  harness::TempDir data;
  std::uint16_t port = harness::free_port();
  harness::Process running({program(), "run", "--config", dir_.write("tocsin.yaml", tocsin_config()), "--data-dir",
                            data.path(), "--listen", "127.0.0.1:" + std::to_string(port)},
                           data.path() + "/log");
  ASSERT_TRUE(harness::eventually(kGenerous, [&] { return !curl(port, "/metrics", {}).empty(); })) << running.output();

  auto played = harness::run({program(), "dlq", "replay", "--all", "--token", "control-token-0123456789", "--server",
                              "https://127.0.0.1:" + std::to_string(port), "--ca-file", certificates_.ca_file(),
                              "--cert-file", client_.cert_file, "--key-file", client_.key_file});

  EXPECT_EQ(played.exit.code, 0) << played.err;
  EXPECT_EQ(played.out, "replay: 0 dead letters\n");
}

}  // namespace
}  // namespace acceptance
