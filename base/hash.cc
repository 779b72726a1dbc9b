// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <exception>

namespace base {

namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest sha256(std::string_view bytes) {
  // SHA256() looks the algorithm up by its name each time, which takes longer than the digest of a short text.
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Digest digest;
  // Ids rest on it, and there is no reason for it to fail.
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm, nullptr) != 1) std::terminate();
  return digest;
}

std::string_view as_text(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  Digest digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), &size);
  return std::string(as_text(digest.data(), size));
}

std::string derive_id(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (std::string_view part : parts) {
    auto size = static_cast<std::uint32_t>(part.size());
    for (int shift = 0; shift < 32; shift += 8) joined += static_cast<char>((size >> shift) & 0xff);
    joined += part;
  }
  Digest digest = sha256(joined);
  return to_hex(as_text(digest.data(), digest.size() / 2));
}

std::string sha256_hex(std::string_view bytes) {
  Digest digest = sha256(bytes);
  return to_hex(as_text(digest.data(), digest.size()));
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) { return to_hex(hmac_sha256(key, text)); }

bool is_same_secret(std::string_view given, std::string_view expected) {
  // Digests have one length: that of the secret isn't told either.
  Digest a = sha256(given);
  Digest b = sha256(expected);
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace base
