// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "net/http/client.h"

namespace net::http {

// What of our requests nobody may read in a log or an error: whoever answers likes to repeat what it was sent.
class Secrets {
 public:
  // Credentials as they are now (base::current), and the values of headers.
  explicit Secrets(const Access& access);

  void add(const base::Secret& secret);
  void add(const Headers& headers);  // Their values.
  // An address that is a secret: the whole, and what comes after its host.
  void add_url(const base::Secret& url);

  // Puts "***" in the place of each; what has less than four bytes stays, because hiding it would garble a message
  // rather than keep a secret.
  void hide(std::string& text) const;
  base::Error without(base::Error error) const;
  // As net::http::classify(). Hides before the body is cut: half a secret would not be found any more.
  base::Result<void> classify(const Response& response) const;

 private:
  void add(std::string text);

  std::vector<std::string> texts_;
};

}  // namespace net::http
