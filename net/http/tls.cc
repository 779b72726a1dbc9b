// SPDX-License-Identifier: Apache-2.0
#include "net/http/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <string_view>

#include "base/metrics.h"
#include "net/http/socket_bio.h"

namespace net::http {

namespace {

// With forward secrecy and authenticated encryption; what is left of TLS 1.2 in clients of the last ten years.
constexpr const char* kCiphersOfTls12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr unsigned char kSessionOwner[] = "tocsin";

using Context = std::shared_ptr<SSL_CTX>;

base::Error unusable(const std::string& option, const std::string& file, std::string_view why) {
  return base::permanent(base::Reason::kBadRequest, fmt::format("{} {}: {}", option, file, why));
}

// OpenSSL's own words for what went wrong first, in this thread; what is above it in its queue says it in general.
std::string first_error() {
  auto code = ERR_peek_error();
  if (ERR_GET_LIB(code) == ERR_LIB_SYS) return std::strerror(ERR_GET_REASON(code));  // NOLINT(concurrency-mt-unsafe)
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "is not usable" : reason;
}

std::string read_error(const std::string& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return std::strerror(errno);  // NOLINT(concurrency-mt-unsafe)
  if (S_ISDIR(found.st_mode)) return "is a directory";
  auto code = ERR_peek_error();
  bool is_no_pem = ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
  is_no_pem = is_no_pem || ERR_GET_REASON(code) == ERR_R_UNSUPPORTED;
  return is_no_pem ? "has no PEM block of that kind" : first_error();
}

// What tells a changed file from an unchanged one; symbolic links are followed, as Kubernetes swaps those of a mounted
// secret.
std::string stamp_of(const TlsFiles& files) {
  std::string stamp;
  for (const auto& file : {files.cert_file, files.key_file, files.client_ca_file}) {
    struct stat found {};
    if (file.empty() || ::stat(file.c_str(), &found) != 0) found = {};
    stamp += fmt::format("{}:{}:{}.{};", found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
  }
  return stamp;
}

// RFC 7301: of what a client offers, this server speaks HTTP/1.1. Without it in the offer the client may go on too.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* out = nullptr;
  int result = SSL_select_next_proto(&out, size, kHttp11, sizeof kHttp11 - 1, offered, offered_size);
  *chosen = out;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

base::Result<void> ask_for_certificates(SSL_CTX* context, const TlsFiles& files) {
  const std::string& file = files.client_ca_file;
  if (SSL_CTX_load_verify_file(context, file.c_str()) != 1) return unusable("client_ca_file", file, read_error(file));
  auto* names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr) return unusable("client_ca_file", file, first_error());
  SSL_CTX_set_client_CA_list(context, names);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (files.every_client ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  return base::ok();
}

base::Result<Context> make_context(const TlsFiles& files) {
  ERR_clear_error();
  Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return base::permanent(base::Reason::kInternal, "TLS can't be used: " + first_error());
  auto* c = context.get();
  SSL_CTX_set_min_proto_version(c, files.only_tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(c, kCiphersOfTls12);
  SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // An idle connection keeps no buffers: 34 KB less for each.
  SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_id_context(c, kSessionOwner, sizeof kSessionOwner - 1);
  SSL_CTX_set_alpn_select_cb(c, choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(c, files.cert_file.c_str()) != 1) {
    return unusable("cert_file", files.cert_file, read_error(files.cert_file));
  }
  if (SSL_CTX_use_PrivateKey_file(c, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    auto code = ERR_peek_error();
    bool is_other = ERR_GET_LIB(code) == ERR_LIB_X509;
    return unusable("key_file", files.key_file,
                    is_other ? "is not the key of the certificate in cert_file" : read_error(files.key_file));
  }
  if (SSL_CTX_check_private_key(c) != 1) {
    return unusable("key_file", files.key_file, "is not the key of the certificate in cert_file");
  }
  if (!files.client_ca_file.empty()) {
    BOOST_OUTCOME_TRY(ask_for_certificates(c, files));
  }
  return context;
}

double expiry_of(SSL_CTX* context) {
  std::tm parts{};
  auto* certificate = SSL_CTX_get0_certificate(context);
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return 0;
  return static_cast<double>(::timegm(&parts));
}

}  // namespace

TlsSession::TlsSession(ssl_ctx_st* context, int descriptor) : ssl_(SSL_new(context)) {
  if (ssl_ == nullptr) return;
  auto* bio = make_socket_bio(descriptor);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_accept_state(ssl_);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

TlsSession::Step TlsSession::after(int result) {
  if (result > 0) return {Wants::kNothing, static_cast<std::size_t>(result)};
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return {Wants::kToRead, 0};
    case SSL_ERROR_WANT_WRITE:
      return {Wants::kToWrite, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Wants::kToClose, 0};
    default:
      is_broken_ = true;
      met_plain_http_ = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
      return {Wants::kToClose, 0};
  }
}

TlsSession::Step TlsSession::handshake() {
  if (ssl_ == nullptr) return {Wants::kToClose, 0};
  ERR_clear_error();
  return after(SSL_do_handshake(ssl_));
}

TlsSession::Step TlsSession::read(char* into, std::size_t size) {
  ERR_clear_error();
  std::size_t got = 0;
  int result = SSL_read_ex(ssl_, into, size, &got);
  return result == 1 ? Step{Wants::kNothing, got} : after(0);
}

TlsSession::Step TlsSession::write(const char* from, std::size_t size) {
  ERR_clear_error();
  std::size_t sent = 0;
  int result = SSL_write_ex(ssl_, from, size, &sent);
  return result == 1 ? Step{Wants::kNothing, sent} : after(0);
}

void TlsSession::close() {
  if (ssl_ == nullptr || is_broken_ || SSL_in_init(ssl_) != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_);
}

bool TlsSession::client_is_known() const {
  return SSL_get0_peer_certificate(ssl_) != nullptr && SSL_get_verify_result(ssl_) == X509_V_OK;
}

base::Result<std::shared_ptr<ServerTls>> ServerTls::open(const TlsFiles& files, base::Metrics& metrics) {
  std::shared_ptr<ServerTls> tls(new ServerTls(metrics));
  BOOST_OUTCOME_TRY(tls->load(files));
  return tls;
}

base::Result<void> ServerTls::check(const TlsFiles& files) {
  BOOST_OUTCOME_TRY(make_context(files));
  return base::ok();
}

ServerTls::~ServerTls() = default;

base::Result<void> ServerTls::load(const TlsFiles& files) {
  auto stamp = stamp_of(files);
  auto context = make_context(files);
  metrics_
      .counter("tocsin_http_tls_reloads_total", "Times that the server's certificate was read.",
               {{"result", context ? "taken" : "refused"}})
      .Increment();
  std::lock_guard lock(mutex_);
  if (!context) {
    if (files == files_) stamp_ = std::move(stamp);
    return context.error();
  }
  files_ = files;
  stamp_ = std::move(stamp);
  context_ = std::move(context.value());
  metrics_
      .gauge("tocsin_http_tls_certificate_expiry_timestamp_seconds",
             "When the server's certificate ceases to be valid.")
      .Set(expiry_of(context_.get()));
  return base::ok();
}

base::Result<bool> ServerTls::load_if_changed() {
  TlsFiles files;
  std::string known;
  {
    std::lock_guard lock(mutex_);
    files = files_;
    known = stamp_;
  }
  if (stamp_of(files) == known) return false;
  BOOST_OUTCOME_TRY(load(files));
  return true;
}

std::unique_ptr<TlsSession> ServerTls::begin(int descriptor) const {
  std::lock_guard lock(mutex_);
  return std::make_unique<TlsSession>(context_.get(), descriptor);
}

}  // namespace net::http
