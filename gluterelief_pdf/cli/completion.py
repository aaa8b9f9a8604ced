"""Print what a shell needs to complete our options."""

import click
from click.shell_completion import get_completion_class

from gluterelief_pdf.errors import OptionError

HELP = """Print the completion script of a shell.

\b
  bash: make-handout completion bash >> ~/.bashrc
  zsh:  make-handout completion zsh >> ~/.zshrc
  fish: make-handout completion fish > ~/.config/fish/completions/make-handout.fish

Then open a new terminal. In zsh, "autoload -Uz compinit && compinit" has to stand before it in ~/.zshrc.
"""


@click.command("completion", help=HELP, short_help="Print the completion script of bash, zsh or fish.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.help_option("-h", "--help", help="Show this help and exit.")
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script."""
    kind = get_completion_class(shell)
    if kind is None:
        raise OptionError(f"{shell}: this shell is not known", hint="Use bash, zsh or fish.")
    click.echo(kind(ctx.find_root().command, {}, "make-handout", "_MAKE_HANDOUT_COMPLETE").source())
