// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/record/event.h"

/// The clean certificate: each node compared with its state before the drill.
namespace interregnum {

struct NodeCertificate {
    enum class State {
        clean,    ///< the same before and after
        changed,  ///< `differences` say what
        /// The same, but nothing was to be done to the cluster (`RunStarted::watched`), and none of
        /// them is ours: whoever worked on it did that.
        changed_meanwhile,
        unknown,  ///< could not be asked; `differences` say when
        gone,     ///< it no longer exists, as far as is known: so does nothing that was on it
    };
    std::string node;
    State state{State::unknown};
    std::vector<std::string> differences;  ///< "nft: was "none", is "table inet drill""
};

/// One for each node of the run, in its order. Empty when no fault was injected and no state was
/// taken.
[[nodiscard]] std::vector<NodeCertificate> certificates_of(record::Record const& record);

/// A sentence for each fault that was injected and, as far as the record goes, not undone; for
/// runs that came to their end (a killed controller could not say).
[[nodiscard]] std::vector<std::string> faults_left(record::Record const& record);

}  // namespace interregnum
