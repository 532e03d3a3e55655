"""What key holders have signed, judged before it is published as devices will judge it after. Adapter: files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tuf.api.metadata import Root

from config.trust_mirror import limit_bytes
from fleet.publication import roles
from fleet.publication.fault import PublicationError

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata, Targets

    from fleet.publication.proposal import Proposal


class InForce(Protocol):
    """What devices may fetch now."""

    @property
    def root(self) -> Root | None: ...  # noqa: D102  (see `Repository`)
    def names(self) -> list[str]: ...  # noqa: D102
    def role(self, name: str) -> Targets | None: ...  # noqa: D102
    def signed(self, name: str) -> Metadata[Targets]: ...  # noqa: D102


def verify(in_force: InForce, proposal: Proposal) -> Root:
    """Return the root that is in force once the proposal is published.

    Raises:
        PublicationError: signatures are missing, or it was made for another state of the repository.
    """
    root = _root(in_force, proposal)
    top = _role(in_force, proposal, roles.TARGETS, root)
    for name in sorted(proposal.roles.keys() - {Root.type, roles.TARGETS}):
        _role(in_force, proposal, name, top)
    for name in in_force.names():
        # What is not proposed anew must have the signatures that devices will ask for from then on.
        if name not in proposal.roles and name != roles.ONLINE:
            _signed_enough(name, root if name == roles.TARGETS else top, name, in_force.signed(name))
    return root


def _root(in_force: InForce, proposal: Proposal) -> Root:
    current, proposed = in_force.root, proposal.roles.get(Root.type)
    if proposed is None:
        if current is None:
            raise PublicationError("nothing is published yet: the first proposal must bring the keys")
        return current
    root: Root = proposed.signed
    if root == current:
        return root  # a publication was cut after its root: the same again brings the rest
    _follows(Root.type, root.version, current.version if current else 0)
    for which, delegator in (("new", root), ("present", current or root)):
        _signed_enough(f"root, by the {which} keys", delegator, Root.type, proposed)
    return root


def _role(in_force: InForce, proposal: Proposal, name: str, delegator: Root | Targets) -> Targets:
    current, proposed = in_force.role(name), proposal.roles.get(name)
    if proposed is None:
        if current is None:
            raise PublicationError(f"the proposal lacks the role {name!r}")
        return current
    signed: Targets = proposed.signed
    _follows(name, signed.version, current.version if current else 0)
    if name == roles.ONLINE or not _delegates(delegator, name):
        raise PublicationError(f"key holders cannot sign for {name!r}")
    _signed_enough(name, delegator, name, proposed)
    need_room(name, proposed.to_bytes())
    for path in signed.targets:
        if roles.role_of(path) != name:
            raise PublicationError(f"{name!r} may not name {path!r}")
    return signed


def need_room(role: str, content: bytes) -> None:
    """Refuse what devices would not read.

    Raises:
        PublicationError: it is too long.
    """
    if len(content) > limit_bytes(role):
        raise PublicationError(
            f"{role!r} would have {len(content)} bytes, and devices read {limit_bytes(role)}: split its group, or take "
            "old content away"
        )


def _follows(name: str, version: int, current: int) -> None:
    if version != current + 1:
        raise PublicationError(
            f"the proposal has {name!r} as version {version}, and {current} is in force: make it anew from there"
        )


def _delegates(delegator: Root | Targets, name: str) -> bool:
    try:
        return bool(delegator.get_delegated_role(name))
    except ValueError:
        return False


def _signed_enough(what: str, delegator: Root | Targets, name: str, metadata: Metadata[Any]) -> None:
    result = delegator.get_verification_result(name, metadata.signed_bytes, metadata.signatures)
    if not result:
        signed = ", ".join(sorted(result.signed)) or "nobody"
        raise PublicationError(f"{what}: {result.missing} of {result.threshold} signatures missing; signed by {signed}")
