// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http/server.h"

namespace net::http {

// Reads one HTTP/1.x request after another from bytes as they arrive (RFC 9112). Anything that two parties might frame
// differently is refused: both Content-Length and Transfer-Encoding, differing lengths, any coding but `chunked`, bare
// line feeds, a missing or repeated Host; and an encoded slash in the path, which a proxy may take for another path.
//
// A body with Content-Length is not read here: after the head the caller knows its length and reads it straight to
// where it is kept. Chunked bodies go through parse_chunks(). Not thread-safe.
class RequestParser {
 public:
  enum class Step {
    kNeedMore,  // Call again with the bytes not consumed followed by new ones.
    kDone,
    kRefused,  // See refusal(); the connection can't be used further.
  };

  explicit RequestParser(std::size_t max_body_bytes, std::size_t max_headers = ServerOptions{}.max_headers);
  ~RequestParser();

  // Forgets everything, for the next request.
  void reset();

  // Takes the request line and the headers; adds to `consumed` what it is through with.
  Step parse_head(std::string_view bytes, std::size_t& consumed);
  // Takes a chunked body and its trailers, which are dropped. Requires: is_chunked() and the head is done.
  Step parse_chunks(std::string_view bytes, std::size_t& consumed);

  // What was read so far. The caller fills in the body and the peer, and may move it out.
  ServerRequest& request();
  ServerResponse refusal() const;

  // Once the head is done:
  bool is_chunked() const;
  std::uint64_t content_length() const;  // Zero without a body and with a chunked one.
  bool keep_alive() const;
  bool is_http_1_0() const;
  // The value of Expect, or nothing.
  const std::string& expectation() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// How a response is framed.
struct ResponseFraming {
  bool keep_alive = true;
  bool is_http_1_0 = false;
  bool omit_body = false;  // The answer to HEAD: the length of the body, but no body.
};

// Appends the status line and the headers. Header values with control characters are left out: they could end the head.
void append_head(const ServerResponse& response, ResponseFraming framing, std::string& out);

}  // namespace net::http
