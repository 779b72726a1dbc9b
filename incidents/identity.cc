// SPDX-License-Identifier: Apache-2.0
#include "incidents/identity.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "incidents/cause_families.h"

namespace incidents {

namespace {

// What Kubernetes makes generated names of (k8s.io/apimachinery/pkg/util/rand).
constexpr std::string_view kSafeAlphabet = "bcdfghjklmnpqrstvwxz2456789";
constexpr std::size_t kRandomSuffix = 5;
// A pod-template-hash is a 32-bit number in decimal with its ten digits replaced by the letters below
// (rand.SafeEncodeString). Fewer than six digits have 1 of 43,000 hashes; those pods are subjects of their own.
constexpr std::string_view kHashAlphabet = "456789bcdf";
constexpr std::size_t kShortestHash = 6;
constexpr std::size_t kLongestHash = 10;
// Generated names are cut to this many characters: one that has them all may miss its hash or a part of its owner.
constexpr std::size_t kLongestGeneratedName = 63;

constexpr std::array<std::string_view, 5> kClusterScoped = {"node", "namespace", "persistentvolume", "cluster",
                                                            "storageclass"};

bool consists_of(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

bool is_cluster_scoped(std::string_view kind) {
  return std::ranges::find(kClusterScoped, kind) != kClusterScoped.end();
}

// A ReplicaSet's name without the hash that its Deployment put behind.
std::string_view deployment_of_replica_set(std::string_view name) {
  std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return {};
  std::string_view hash = name.substr(dash + 1);
  bool certain = hash.size() >= kShortestHash && hash.size() <= kLongestHash && consists_of(hash, kHashAlphabet);
  return certain ? name.substr(0, dash) : std::string_view();
}

struct Owner {
  std::string_view name_space;
  std::string_view kind;
  std::string_view name;
};

Owner owner_of(const schemas::Subject& subject, std::string_view fingerprint) {
  if (subject.kind.empty() || subject.name.empty()) return {"", "fingerprint", fingerprint};
  // Alerts about nodes carry the namespace of whoever measured.
  if (is_cluster_scoped(subject.kind)) return {"", subject.kind, subject.name};
  // Without its namespace a name may stand for several objects.
  if (subject.name_space.empty()) return {"", "fingerprint", fingerprint};
  std::string_view deployment;
  if (subject.kind == "pod") deployment = deployment_of_pod(subject.name);
  if (subject.kind == "replicaset") deployment = deployment_of_replica_set(subject.name);
  if (!deployment.empty()) return {subject.name_space, "deployment", deployment};
  return {subject.name_space, subject.kind, subject.name};
}

}  // namespace

std::string_view deployment_of_pod(std::string_view pod_name) {
  std::size_t dash = pod_name.rfind('-');
  if (dash == std::string_view::npos || pod_name.size() >= kLongestGeneratedName) return {};
  std::string_view suffix = pod_name.substr(dash + 1);
  if (suffix.size() != kRandomSuffix || !consists_of(suffix, kSafeAlphabet)) return {};
  return deployment_of_replica_set(pod_name.substr(0, dash));
}

schemas::IncidentIdentity identify(std::string_view cluster, const schemas::Subject& subject,
                                   std::string_view aggregation_key, std::string_view fingerprint) {
  Owner owner = owner_of(subject, fingerprint);
  std::string_view family = CauseFamilies::built_in().family_of(aggregation_key);
  schemas::IncidentIdentity identity;
  identity.key = base::derive_id({"incident", cluster, owner.name_space, owner.kind, owner.name, family});
  identity.cluster = cluster;
  identity.name_space = owner.name_space;
  identity.owner_kind = owner.kind;
  identity.owner_name = owner.name;
  identity.family = family;
  return identity;
}

}  // namespace incidents
