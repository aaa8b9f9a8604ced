"""Tell of the cache, or empty it."""

import click

from gluterelief_pdf.cli import options


@click.command("cache", short_help="What is kept of sheets made before.", context_settings=options.CONTEXT)
@click.option("--clear", is_flag=True, help="Remove everything that is kept.")
@options.HELP
def command(clear: bool) -> None:
    """Tell where sheets made before are kept, and how many: only sheets without anything of a patient are."""
    from gluterelief_pdf.cache import Cache
    from gluterelief_pdf.errors import OutputError

    cache = Cache.usual()
    try:
        if clear:
            click.echo(f"{cache.folder}: {cache.clear()} sheets removed")
            return
        number, size = cache.size()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"{cache.folder}: {reason}", hint="Look who may read and write that folder.") from error
    click.echo(f"{cache.folder}: {number} sheets, {size / 1e6:.1f} of {cache.most_bytes / 1e6:.0f} MB")
