// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "base/base64.h"
#include "net/http/credentials.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

namespace {

using namespace net::http;

Credentials ours() {
  Credentials credentials;
  credentials.username = "am";
  credentials.password = base::Secret("pass:word");
  credentials.bearer_token = base::Secret("t0ken");
  credentials.hmac_secret = base::Secret("k3y");
  return credentials;
}

// The lines before the empty one.
Headers headers_in(std::string_view head) {
  Headers headers;
  while (!head.empty()) {
    std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(head.size(), line.size() + 1));
    std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  return headers;
}

bool ends_with_ours(std::string_view authorization, const Credentials& credentials) {
  if (authorization.ends_with(" " + credentials.bearer_token.reveal())) return true;
  auto pair = base::from_base64(authorization.substr(authorization.rfind(' ') + 1));
  return pair && *pair == credentials.username + ":" + credentials.password.reveal();
}

}  // namespace

// The head of a request, an empty line, and its body: whoever gets in has shown what we gave them.
void credentials(std::string_view input) {
  static const Credentials all = ours();
  std::size_t end = input.find("\n\n");
  Headers headers = headers_in(input.substr(0, end));
  std::string_view body = end == std::string_view::npos ? "" : input.substr(end + 2);

  Proof proof = proof_in(headers, all);
  auto authorization = find_header(headers, "Authorization");
  if (proof == Proof::kRight) expect(ends_with_ours(authorization, all), "only our credentials are right");
  if (is_signed(headers, body, all)) {
    expect(!is_signed(headers, std::string(body) + ".", all), "and of no other");
  }
  Credentials none;
  expect(proof_in(headers, none) != Proof::kRight && !is_signed(headers, body, none), "nothing proves nothing");
}

}  // namespace fuzz
