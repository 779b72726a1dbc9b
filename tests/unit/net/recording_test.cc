// SPDX-License-Identifier: Apache-2.0
#include "net/http/recording.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "tests/fakes/fake_http_client.h"

namespace {

using net::http::RecordedExchange;

base::Result<net::http::Response> ask(net::http::Client& client, const std::string& url, const std::string& body) {
  net::http::Request request;
  request.method = "POST";
  request.url = url;
  request.body = body;
  std::optional<base::Result<net::http::Response>> response;
  auto task = [&]() -> base::Task<void> { response = co_await client.send(request); };
  boost::asio::io_context context;
  boost::asio::co_spawn(context, task(), [](std::exception_ptr failure) { EXPECT_EQ(failure, nullptr); });
  context.run();
  return std::move(*response);
}

const RecordedExchange kEarlier{
    "POST", "http://prom/api/v1/query_range", "query=up&start=1&end=2&timeout=9s", 200, "application/json", "earlier"};
const RecordedExchange kLater{
    "POST", "http://prom/api/v1/query_range", "query=up&start=3&end=4&timeout=9s", 200, "application/json", "later"};

TEST(RecordedExchange, SurvivesItsLine) {
  std::string line = net::http::encode(kEarlier);

  auto read = net::http::decode_exchange(line);

  ASSERT_TRUE(read);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(read.value().body, kEarlier.body);
  EXPECT_EQ(read.value().answer, "earlier");
  EXPECT_EQ(read.value().status, 200);
}

TEST(RecordedExchange, RefusesOtherLines) {
  EXPECT_FALSE(net::http::decode_exchange("{}"));
  EXPECT_FALSE(net::http::decode_exchange("x"));
  EXPECT_FALSE(net::http::decode_exchange(R"({"schema":"tocsin.exchange/1","request":{}})"));
}

TEST(ReplayingClient, PrefersTheSameTimesWhateverThePatience) {
  auto client = net::http::make_replaying_client({kEarlier, kLater});

  auto response = ask(*client, "http://prom/api/v1/query_range", "query=up&start=3&end=4&timeout=123ms");

  ASSERT_TRUE(response);
  EXPECT_EQ(response.value().body, "later");
}

TEST(ReplayingClient, TakesTheSameQueryAtOtherTimes) {
  auto client = net::http::make_replaying_client({kEarlier, kLater});

  EXPECT_EQ(ask(*client, "http://elsewhere/api/v1/query_range", "query=up&start=8").value().body, "earlier");
}

TEST(ReplayingClient, HasNoAnswerToAnotherQuestion) {
  auto client = net::http::make_replaying_client({kEarlier});

  auto response = ask(*client, "http://prom/api/v1/query_range", "query=down");

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().reason, base::Reason::kUnreachable);
}

TEST(RecordingClient, KeepsAnswersWithoutCredentials) {
  auto inner = std::make_unique<fakes::FakeHttpClient>();
  inner->answer("prom", 200, "hello");
  std::vector<RecordedExchange> kept;
  auto client =
      net::http::make_recording_client(std::move(inner), [&](const auto& exchange) { kept.push_back(exchange); });

  ASSERT_TRUE(ask(*client, "http://user:secret@prom/x", "a=b"));

  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].url.find("secret"), std::string::npos);
  EXPECT_EQ(kept[0].answer, "hello");
}

TEST(RecordingClient, HidesWhatTheQueryOfAUrlGivesAway) {
  auto inner = std::make_unique<fakes::FakeHttpClient>();
  inner->answer("prom", 200, "hello");
  std::vector<RecordedExchange> kept;
  auto client =
      net::http::make_recording_client(std::move(inner), [&](const auto& exchange) { kept.push_back(exchange); });

  for (const char* secret : {"token=s3cret", "api_key=s3cret", "X-Amz-Signature=s3cret", "PASSWORD=s3cret",
                             "access%5Ftoken=s3cret", "client_secret=s3cret", "sig=s3cret"}) {
    ASSERT_TRUE(ask(*client, "http://prom/x?query=up%7Ba%3D%22b%22%7D&" + std::string(secret), ""));
    EXPECT_EQ(net::http::encode(kept.back()).find("s3cret"), std::string::npos) << kept.back().url;
    EXPECT_NE(kept.back().url.find("query=up%7Ba%3D%22b%22%7D&"), std::string::npos) << kept.back().url;
  }
  ASSERT_TRUE(ask(*client, "http://prom/x?query=up+%2B+1", ""));
  EXPECT_EQ(kept.back().url, "http://prom/x?query=up+%2B+1");
  auto replay = net::http::make_replaying_client(kept);
  EXPECT_TRUE(ask(*replay, "http://prom/x?query=up%7Ba%3D%22b%22%7D&token=another", ""));
}

}  // namespace
