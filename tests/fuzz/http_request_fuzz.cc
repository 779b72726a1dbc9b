// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "net/http/routes.h"
#include "net/http/wire.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

using net::http::RequestParser;
using Step = RequestParser::Step;

constexpr std::size_t kMaxBodyBytes = 64 * 1024;
// A connection's buffer: a head that doesn't fit is answered 431.
constexpr std::size_t kBufferBytes = 16 * 1024;

// What the requests of one connection said, and how it ended.
struct Heard {
  std::vector<std::string> requests;
  Step last = Step::kNeedMore;

  // Whether the same was said. A head that is never complete may be refused early, or be waited for in vain.
  bool says(const Heard& other) const {
    return requests == other.requests && (last == Step::kDone) == (other.last == Step::kDone);
  }
};

// The bytes of a connection, which arrive `stride` at a time.
class Wire {
 public:
  Wire(std::string_view bytes, std::size_t stride) : bytes_(bytes), stride_(stride) {}

  std::string_view unread() const { return bytes_.substr(begin_, end_ - begin_); }
  void consume(std::size_t count) {
    expect(count <= end_ - begin_, "no more is consumed than was there");
    begin_ += count;
  }
  bool arrive() {
    std::size_t room = std::min(kBufferBytes - (end_ - begin_), bytes_.size() - end_);
    end_ += std::min(stride_, room);
    return room > 0;
  }

 private:
  std::string_view bytes_;
  std::size_t stride_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

template <class Parse>
Step advance(Wire& wire, Parse parse) {
  while (true) {
    std::size_t consumed = 0;
    Step step = wire.unread().empty() ? Step::kNeedMore : parse(wire.unread(), consumed);
    wire.consume(consumed);
    if (step != Step::kNeedMore || !wire.arrive()) return step;
  }
}

Step read_sized_body(RequestParser& parser, Wire& wire) {
  std::string& body = parser.request().body;
  while (body.size() < parser.content_length()) {
    std::size_t taken = std::min<std::size_t>(parser.content_length() - body.size(), wire.unread().size());
    body += wire.unread().substr(0, taken);
    wire.consume(taken);
    if (taken == 0 && !wire.arrive()) return Step::kNeedMore;
  }
  return Step::kDone;
}

std::string text_of(const net::http::ServerRequest& request) {
  std::string text = request.method + ' ' + request.path + '?' + request.query + '\n';
  for (const auto& [name, value] : request.headers) text += name + ": " + value + '\n';
  return text + request.body;
}

Heard listen(std::string_view bytes, std::size_t stride) {
  Heard heard;
  Wire wire(bytes, stride);
  RequestParser parser(kMaxBodyBytes);
  do {
    parser.reset();
    heard.last = advance(wire, [&](auto in, auto& used) { return parser.parse_head(in, used); });
    if (heard.last == Step::kDone) {
      expect(parser.content_length() <= kMaxBodyBytes, "an announced body is bounded");
      heard.last = parser.is_chunked()
                       ? advance(wire, [&](auto in, auto& used) { return parser.parse_chunks(in, used); })
                       : read_sized_body(parser, wire);
      expect(parser.request().body.size() <= kMaxBodyBytes, "a body is bounded");
    }
    if (heard.last == Step::kRefused) expect(parser.refusal().status >= 400, "a refusal says so");
    if (heard.last == Step::kDone) heard.requests.push_back(text_of(parser.request()));
  } while (heard.last == Step::kDone && parser.keep_alive());
  return heard;
}

// What the route table says of a request never depends on who asks; an unknown path is refused.
void find_route(const Heard& heard) {
  static base::Metrics metrics;
  static net::http::Routes routes(metrics);
  static std::once_flag filled;
  std::call_once(filled, [] { routes.add("POST", "/api/alerts", {}); });
  for (const std::string& request : heard.requests) {
    auto match = routes.find(request.substr(0, request.find(' ')), request.substr(request.find(' ') + 1));
    expect(match.handler != nullptr || match.refusal.status != 200, "a request is handled or refused");
  }
}

}  // namespace

// However the bytes are cut on their way, they say the same.
void http_request(std::string_view input) {
  Heard whole = listen(input, kBufferBytes);
  expect(listen(input, 1).says(whole), "byte by byte says the same");
  expect(listen(input, 7).says(whole), "in pieces says the same");
  find_route(whole);
}

}  // namespace fuzz
