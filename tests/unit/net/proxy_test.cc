// SPDX-License-Identifier: Apache-2.0
#include "net/http/proxy.h"

#include <gtest/gtest.h>

#include <map>

namespace net::http {
namespace {

std::string chosen(const std::string& target, std::map<std::string, std::string> set,
                   const std::string& configured = {}) {
  auto environment = [&](const char* name) { return set[name]; };
  auto proxy = proxy_for(parse_url(target).value(), configured, environment);
  if (!proxy) return "refused: " + proxy.error().message;
  return proxy.value() ? origin(*proxy.value()) : "none";
}

TEST(Proxy, IsTheConfiguredOneOrThatOfTheEnvironment) {
  EXPECT_EQ(chosen("https://a.org/", {}), "none");
  EXPECT_EQ(chosen("https://a.org/", {{"https_proxy", "http://p:3128"}}), "http://p:3128");
  EXPECT_EQ(chosen("https://a.org/", {{"HTTPS_PROXY", "p:3128"}}), "http://p:3128");
  EXPECT_EQ(chosen("https://a.org/", {{"HTTPS_PROXY", "http://upper:1"}, {"https_proxy", "http://lower:1"}}),
            "http://lower:1");
  EXPECT_EQ(chosen("https://a.org/", {{"http_proxy", "http://p:3128"}}), "none");
  EXPECT_EQ(chosen("http://a.org/", {{"HTTP_PROXY", "http://p:3128"}}), "http://p:3128");
  EXPECT_EQ(chosen("https://a.org/", {{"ALL_PROXY", "http://p:3128"}}), "http://p:3128");
  EXPECT_EQ(chosen("https://a.org/", {{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", "*"}}, "http://own:2"),
            "http://own:2");
}

TEST(Proxy, HasThePortOfProxiesWhereNoneIsGiven) {
  EXPECT_EQ(chosen("https://a.org/", {}, "http://p"), "http://p:1080");
  EXPECT_EQ(chosen("https://a.org/", {}, "http://p/"), "http://p:1080");
  EXPECT_EQ(chosen("https://a.org/", {}, "http://user:word@p"), "http://p:1080");
  EXPECT_EQ(chosen("https://a.org/", {}, "http://[::1]"), "http://[::1]:1080");
  EXPECT_EQ(chosen("https://a.org/", {}, "http://[::1]:80"), "http://[::1]:80");
}

TEST(Proxy, IsNotUsedForWhomNoProxyNames) {
  auto with = [](const std::string& host, const std::string& spared) {
    return chosen("https://" + host + "/", {{"https_proxy", "http://p:1"}, {"no_proxy", spared}}) == "none";
  };
  EXPECT_TRUE(with("wss.slack.com", "slack.com"));
  EXPECT_TRUE(with("WSS.Slack.com", " .svc, .SLACK.com,x"));
  EXPECT_TRUE(with("slack.com", ".slack.com"));
  EXPECT_TRUE(with("127.0.0.1", "10.0.0.0,127.0.0.1"));
  EXPECT_TRUE(with("anything", "*"));
  EXPECT_FALSE(with("notslack.com", "slack.com"));
  EXPECT_FALSE(with("slack.com", "wss.slack.com"));
  EXPECT_FALSE(with("slack.com", ","));
}

TEST(Proxy, OfAnotherKindIsRefused) {
  for (const char* other : {"https://p:1", "socks5://p:1", "http://", "http://a b"}) {
    EXPECT_TRUE(chosen("https://a.org/", {}, other).starts_with("refused: ")) << other;
  }
  EXPECT_EQ(chosen("https://a.org/", {}, "socks5://u:word@p:1").find("word"), std::string::npos);
}

TEST(Proxy, IsAskedForATunnel) {
  auto target = parse_url("https://a.org/secret").value();

  EXPECT_EQ(tunnel_request(target, parse_url("http://p:1").value(), "tocsin/1"),
            "CONNECT a.org:443 HTTP/1.1\r\nHost: a.org:443\r\nUser-Agent: tocsin/1\r\n\r\n");
  EXPECT_NE(tunnel_request(target, parse_url("http://user:p%40ss@p:1").value(), "t")
                .find("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n"),
            std::string::npos);
}

TEST(Proxy, SaysWhetherThereIsATunnel) {
  EXPECT_EQ(tunnel_status("HTTP/1.1 200 Connection established\r\n\r\n"), 200);
  EXPECT_EQ(tunnel_status("HTTP/1.0 407\r\n\r\n"), 407);
  for (const char* other : {"", "HTTP/1.1 20", "HTTP/1.1-200 OK", "HTTP/1.1 2x0 OK\r\n", "SSH-2.0-OpenSSH_9"}) {
    EXPECT_EQ(tunnel_status(other), 0) << other;
  }
}

}  // namespace
}  // namespace net::http
