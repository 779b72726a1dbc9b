// SPDX-License-Identifier: Apache-2.0
#include "net/http/secrets.h"

#include <algorithm>
#include <utility>

#include "base/secret_file.h"

namespace net::http {
namespace {

constexpr std::size_t kShortest = 4;
// Of a body, before it is cut to what an error shows. A secret may have some kilobytes.
constexpr std::size_t kLookedThrough = 16 * 1024;

}  // namespace

Secrets::Secrets(const Access& access) {
  add(base::current(access.password));
  add(base::current(access.bearer_token));
  add(access.headers);
}

void Secrets::add(const base::Secret& secret) { add(secret.reveal()); }

void Secrets::add(const Headers& headers) {
  for (const auto& [name, value] : headers) add(value);
}

void Secrets::add_url(const base::Secret& url) {
  const std::string& text = url.reveal();
  auto host = text.find("://");
  auto path = host == std::string::npos ? host : text.find('/', host + 3);
  if (path != std::string::npos) add(text.substr(path));
  add(text);
}

void Secrets::add(std::string text) {
  if (text.size() < kShortest) return;
  // The longest first: one may hold another.
  auto place = std::ranges::find_if(texts_, [&](const auto& known) { return known.size() < text.size(); });
  texts_.insert(place, std::move(text));
}

void Secrets::hide(std::string& text) const {
  for (const auto& secret : texts_) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "***");
    }
  }
}

base::Error Secrets::without(base::Error error) const {
  hide(error.message);
  return error;
}

base::Result<void> Secrets::classify(const Response& response) const {
  Response shown{.status = response.status, .headers = response.headers, .body = {}};
  shown.body = response.body.substr(0, kLookedThrough);
  hide(shown.body);
  return http::classify(shown);
}

}  // namespace net::http
