// SPDX-License-Identifier: Apache-2.0
#include "net/http/routes.h"

#include <nlohmann/json.hpp>

namespace net::http {

ServerResponse refuse(int status, std::string_view why) {
  ServerResponse response;
  response.status = status;
  nlohmann::json body = {{"error", why}};
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return response;
}

namespace {

ServerResponse allowed(std::string methods) {
  ServerResponse response;
  response.status = 204;
  response.headers.emplace_back("Allow", std::move(methods));
  return response;
}

}  // namespace

PathMetrics::PathMetrics(base::Metrics& metrics, std::string path)
    : metrics_(metrics),
      path_(std::move(path)),
      seconds_(metrics.seconds("tocsin_http_request_seconds", "Time from a request's head to the end of its answer",
                               {{"path", path_}})) {}

void PathMetrics::took(std::chrono::steady_clock::duration time) {
  seconds_.Observe(std::chrono::duration<double>(time).count());
}

void PathMetrics::count(int status) {
  std::lock_guard lock(mutex_);
  for (auto& [code, counter] : by_status_) {
    if (code == status) return counter->Increment();
  }
  auto& counter = metrics_.counter("tocsin_http_requests_total", "Requests answered",
                                   {{"path", path_}, {"code", std::to_string(status)}});
  by_status_.emplace_back(status, &counter);
  counter.Increment();
}

Routes::Routes(base::Metrics& metrics) : metrics_(metrics), other_(metrics, "other") {}

void Routes::add(std::string method, std::string path, Route route) {
  auto found = paths_.try_emplace(path, metrics_, path).first;
  found->second.by_method[std::move(method)] = std::move(route);
}

Routes::Match Routes::find(std::string_view method, std::string_view path) {
  bool asks_what_is_allowed = method == "OPTIONS";
  if (asks_what_is_allowed && path == "*") return {nullptr, nullptr, allowed("GET, HEAD, POST, OPTIONS"), &other_};
  auto found = paths_.find(path);
  if (found == paths_.end()) return {nullptr, nullptr, refuse(404, "no such path"), &other_};
  auto& [by_method, counted] = found->second;
  auto handler = by_method.find(method == "HEAD" && !by_method.contains(method) ? "GET" : method);
  if (handler != by_method.end()) {
    const auto& route = handler->second;
    return {&route.handler, &route.admit, {}, &counted, route.max_body_bytes};
  }

  std::string allow;
  for (const auto& [name, unused] : by_method) allow += name + ", ";
  if (by_method.contains("GET") && !by_method.contains("HEAD")) allow += "HEAD, ";
  allow += "OPTIONS";
  if (asks_what_is_allowed) return {nullptr, nullptr, allowed(std::move(allow)), &counted};
  auto refusal = refuse(405, "this path does not take that method");
  refusal.headers.emplace_back("Allow", std::move(allow));
  return {nullptr, nullptr, std::move(refusal), &counted};
}

}  // namespace net::http
