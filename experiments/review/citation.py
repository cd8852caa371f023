"""How the program is to be cited: what CITATION.cff and LICENSE say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.refusal import Refusal, reason_of
from experiments.results.identity import ROOT

CITATION, LICENSE = ROOT / "CITATION.cff", ROOT / "LICENSE"


@dataclass(frozen=True)
class Citation:
    """The program: title, version, abstract, licence (SPDX identifier and its name in words), keywords, home page ('' if none).

    authors: for each {"@id", "@type": Person or Organization, "about": {property: value}}, in the words of schema.org.
    """

    title: str
    version: str
    abstract: str
    license: str
    license_name: str
    url: str
    keywords: tuple[str, ...]
    authors: tuple[Mapping[str, Any], ...]

    @property
    def license_url(self) -> str:
        """Where the licence is explained."""
        return f"https://spdx.org/licenses/{self.license}"


def citation() -> Citation:
    """Return what CITATION.cff says (Citation File Format 1.2.0). Raises a Refusal if it cannot be read."""
    import yaml

    try:
        found = yaml.safe_load(CITATION.read_text(encoding="utf-8"))
        name = LICENSE.read_text(encoding="utf-8").splitlines()[0]
    except OSError as error:
        raise Refusal(f"{error.filename}: the file cannot be read: {reason_of(error)}") from None
    url = found.get("url") or found.get("repository-code") or ""
    authors = tuple(_author(author, number) for number, author in enumerate(found["authors"], start=1))
    return Citation(found["title"], str(found["version"]), found.get("abstract", "").strip(), found["license"], name, url,
                    tuple(found.get("keywords", ())), authors)  # fmt: skip


def _author(author: Mapping[str, str], number: int) -> Mapping[str, Any]:
    """Return an author of the Citation File Format, a person or an entity, in the words of schema.org."""
    identifier = author.get("orcid") or author.get("website") or f"#author-{number}"
    if "name" in author:
        return {"@id": identifier, "@type": "Organization", "about": {"name": author["name"]}}
    parts = [author[key] for key in ("given-names", "name-particle", "family-names", "name-suffix") if author.get(key)]
    about = {"name": " ".join(parts)} | ({"affiliation": author["affiliation"]} if author.get("affiliation") else {})
    return {"@id": identifier, "@type": "Person", "about": about}
