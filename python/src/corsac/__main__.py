"""``python -m corsac``: which version this is, and where the command line comes from."""

from corsac import __version__

TEXT = f"""corsac {__version__}: the CORS engine, as a Python package.

The command line (check, compile, eval, explain, probe) is a program of its own, written in Rust.
In the project's source:

    cargo install --locked --path cli

Then `corsac check policy.toml` shows what is wrong in a policy file, and `corsac compile policy.toml -o policy.image`
writes the image that corsac.Policy.from_image reads.
"""

if __name__ == "__main__":
    print(TEXT, end="")
